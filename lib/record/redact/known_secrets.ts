/** A set of secrets made ready to be looked for, all at once and in every spelling. */
import { type Found, type Needle, NeedleTable, TOKEN_BYTES } from "./needle_search.ts";
import { needlesOf, SHORTEST_CHARACTERS } from "./spellings.ts";

/** Spellings from here on make a table of their own: short ones would slow it down. */
const LONG_BYTES = 16;
/** How much of a secret, cut off by the end of a text, gives it away. */
const CUT_FROM_BYTES = 10;
/** What is cut behind more of it than this is found as a whole is. */
const CUT_UNTIL_BYTES = 64;

/**
 * More than this no request's head holds: what goes beyond is no longer looked for one by one, but all
 * that could hold it is masked.
 */
const MOST_BYTES = 256 * 1024;
const MOST_SECRETS = 8192;

export class KnownSecrets {
  readonly #needles: ReadonlyMap<string, readonly Needle[]>;
  readonly #tables: readonly NeedleTable[];
  readonly #cut: NeedleTable | undefined;
  /** Whether there are too many to be looked for. */
  readonly overflows: boolean;
  /** Of the longest spelling. */
  readonly longestBytes: number;

  constructor(needles: ReadonlyMap<string, readonly Needle[]>) {
    const all = [...needles.values()].flat();
    const [long, short] = [
      all.filter(({ bytes }) => bytes.length >= LONG_BYTES),
      all.filter(({ bytes }) => bytes.length < LONG_BYTES),
    ];
    this.#needles = needles;
    this.#tables = [
      ...(long.length === 0 ? [] : [new NeedleTable(long, LONG_BYTES)]),
      ...(short.length === 0 ? [] : [new NeedleTable(short, SHORTEST_CHARACTERS)]),
    ];
    const cut = all.filter(({ bytes }) => bytes.length > CUT_FROM_BYTES);
    this.#cut = cut.length === 0 ? undefined : new NeedleTable(cut, CUT_FROM_BYTES);
    this.longestBytes = all.reduce((most, { bytes }) => Math.max(most, bytes.length), 0);
    const valueBytes = [...needles.keys()].reduce((sum, { length }) => sum + length, 0);
    this.overflows = needles.size > MOST_SECRETS || valueBytes > MOST_BYTES;
  }

  /** These too. What holds a mask already is no secret, and what is too short a common word. */
  with(values: Iterable<string>): KnownSecrets {
    const needles = new Map(this.#needles);
    let bytes = 0;
    for (const value of values) {
      if (value.length < SHORTEST_CHARACTERS || value.includes("****")) continue;
      if (needles.has(value)) continue;
      bytes += value.length;
      // Once there are too many nobody looks for them, and they need no spelling.
      const isTooMuch = bytes > MOST_BYTES || needles.size > MOST_SECRETS;
      needles.set(value, isTooMuch ? [] : needlesOf(value));
    }
    return needles.size === this.#needles.size ? this : new KnownSecrets(needles);
  }

  /** How many passes `find()` makes. */
  get passes(): number {
    return this.#tables.length;
  }

  /** One pass over what begins from `from` to before `to`; gives where to go on. */
  find(
    pass: number,
    { text, from, to }: { readonly text: Uint8Array; readonly from: number; readonly to: number },
    found: Found,
  ): number {
    return this.#tables[pass]?.find(text, { from, to }, found) ?? text.length;
  }

  /** Finds a secret that the end of the text cuts short. */
  findCut(text: Uint8Array, end: number, found: Found): void {
    if (this.#cut === undefined) return;
    const first = Math.max(0, end - CUT_UNTIL_BYTES);
    for (let at = first; at <= end - CUT_FROM_BYTES; at++) {
      const alike = this.#cut.at(text, at);
      if (alike?.some(({ bytes }) => isPrefix(bytes, text, at, end)) === true) {
        return found(at, end, "****");
      }
    }
  }
}

export const NO_SECRETS: KnownSecrets = new KnownSecrets(new Map());

function isPrefix(bytes: Uint8Array, text: Uint8Array, at: number, end: number): boolean {
  const length = end - at;
  if (length > bytes.length) return false;
  for (let index = 0; index < length; index++) {
    if (bytes[index] !== text[at + index]) return false;
  }
  return true;
}

/** Whether a byte may be part of a credential. */
export function isTokenByte(byte: number | undefined): boolean {
  return byte !== undefined && TOKEN_BYTES[byte] === 1;
}
