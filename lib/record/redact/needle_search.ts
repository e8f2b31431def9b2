/**
 * Finds many byte strings in a text at once (Wu and Manber, 1994): blocks of three bytes say how far the
 * window may jump, a seeded hash of the window which strings may stand there. A byte costs a bounded
 * number of steps, however many strings there are and whoever chose them.
 */

/** A spelling of a secret, and what is shown in its place. */
export interface Needle {
  readonly bytes: Uint8Array;
  readonly mask: string;
}

/** Takes each find: from `start` to before `end`. */
export type Found = (start: number, end: number, mask: string) => void;

/** Strings that begin alike are told apart up to so many of them, and so far into them. */
const MOST_ALIKE = 4;
const COMPARED_BYTES = 64;

/** So many strings make the tables larger. */
const MANY_NEEDLES = 96;
const SMALL_BITS = 12;
const LARGE_BITS = 16;

const MASK = "****";

export class NeedleTable {
  readonly windowBytes: number;
  readonly #shifts: Uint8Array;
  readonly #blockMask: number;
  readonly #byHash = new Map<number, Needle[]>();
  /** Nobody outside can make two windows hash alike. */
  readonly #seed = (Math.floor(Math.random() * 0x40000000) << 1) | 1;

  /** @param windowBytes at least 3; no needle may be shorter */
  constructor(needles: readonly Needle[], windowBytes: number) {
    const bits = needles.length > MANY_NEEDLES ? LARGE_BITS : SMALL_BITS;
    this.windowBytes = windowBytes;
    this.#blockMask = (1 << bits) - 1;
    this.#shifts = new Uint8Array(1 << bits).fill(windowBytes - 2);
    for (const needle of needles) this.#add(needle);
    for (const alike of this.#byHash.values()) {
      alike.sort((a, b) => b.bytes.length - a.bytes.length);
    }
  }

  /** The first place from `from` on at which a needle may begin whose window ends by `to`; -1 for none. */
  candidate(
    text: Uint8Array,
    { from, to }: { readonly from: number; readonly to: number },
    isIt: (at: number, needles: readonly Needle[]) => boolean,
  ): number {
    const last = this.windowBytes - 1;
    for (let end = from + last; end < to;) {
      const block = blockOf(text, end) & this.#blockMask;
      const shift = this.#shifts[block]!;
      end += Math.max(1, shift);
      if (shift !== 0) continue;
      const at = end - 1 - last;
      const needles = this.#byHash.get(this.#hash(text, at));
      if (needles !== undefined && isIt(at, needles)) return at;
    }
    return -1;
  }

  /**
   * Finds what begins at `from` or after it and before `to`; the longest where several do.
   *
   * @returns where to go on
   */
  find(text: Uint8Array, { from, to }: { from: number; to: number }, found: Found): number {
    const [last, shifts, blockMask] = [this.windowBytes - 1, this.#shifts, this.#blockMask];
    const stop = Math.min(text.length, to + last);
    let end = from + last;
    while (end < stop) {
      const block = blockOf(text, end) & blockMask;
      const shift = shifts[block]!;
      if (shift !== 0) {
        end += shift;
        continue;
      }
      const start = end - last;
      const matched = this.#matchAt(text, start);
      if (matched === undefined) {
        end++;
        continue;
      }
      found(start, matched.end, matched.mask);
      end = matched.end + last;
    }
    return Math.max(to, end - last);
  }

  #matchAt(text: Uint8Array, start: number): { end: number; mask: string } | undefined {
    const alike = this.#byHash.get(this.#hash(text, start));
    if (alike === undefined) return undefined;
    // Too many to be told apart: whatever goes on like a word is taken for one of them.
    if (alike.length > MOST_ALIKE) {
      return { end: wordEnd(text, start + this.windowBytes), mask: MASK };
    }
    for (const { bytes, mask } of alike) {
      const compared = Math.min(bytes.length, COMPARED_BYTES);
      if (!isAt(text, start, bytes, compared)) continue;
      let same = compared;
      while (same < bytes.length && text[start + same] === bytes[same]) same++;
      return { end: start + same, mask: same === bytes.length ? mask : MASK };
    }
    return undefined;
  }

  #add(needle: Needle): void {
    const { bytes } = needle;
    for (let end = 2; end < this.windowBytes; end++) {
      const block = blockOf(bytes, end) & this.#blockMask;
      this.#shifts[block] = Math.min(this.#shifts[block]!, this.windowBytes - 1 - end);
    }
    const hash = this.#hash(bytes, 0);
    const alike = this.#byHash.get(hash);
    if (alike === undefined) this.#byHash.set(hash, [needle]);
    else alike.push(needle);
  }

  #hash(text: Uint8Array, at: number): number {
    let hash = this.#seed;
    for (let index = 0; index < this.windowBytes; index++) {
      hash = Math.imul(hash ^ text[at + index]!, 0x01000193) ^ (hash >>> 15);
    }
    return hash;
  }
}

/** The three bytes that end here, as one number. */
function blockOf(text: Uint8Array, end: number): number {
  return (text[end - 2]! << 10) ^ (text[end - 1]! << 5) ^ text[end]!;
}

function isAt(text: Uint8Array, at: number, bytes: Uint8Array, length: number): boolean {
  if (at + length > text.length) return false;
  let index = 0;
  while (index < length && text[at + index] === bytes[index]) index++;
  return index === length;
}

/** Where a run of what a credential is made of ends. */
function wordEnd(text: Uint8Array, from: number): number {
  let end = from;
  while (end < text.length && TOKEN_BYTES[text[end]!] === 1) end++;
  return end;
}

/** Letters, digits and `-._~+/=`, of which credentials are made (RFC 6750, section 2.1). */
export const TOKEN_BYTES: Uint8Array = tableOf(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=",
);

/** 1 for each of these characters, 0 for all other bytes. */
export function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}
