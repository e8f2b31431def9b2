/**
 * Finds secrets of which there are too many to be told apart, by how each begins: what begins like one of
 * them is masked to the end of its word. None is missed; a word that merely begins alike is masked, too.
 */
import { type Found, TOKEN_BYTES } from "./needle_search.ts";
import { base64At, needlesOf, PLAIN } from "./spellings.ts";

const HEAD_BYTES = 6;
const FILTER_BITS = 18;
const FILTER_MASK = (1 << FILTER_BITS) - 1;

export class SecretHeads {
  /** Each head as a number, in order. */
  readonly #heads: Float64Array;
  /** Whether a head may stand where bytes give this number. */
  readonly #filter = new Uint8Array(1 << FILTER_BITS);
  /** How far a secret goes on where it is no single word; 0 where all are. */
  readonly #leastBytes: number;

  /** @param secrets none shorter than six characters */
  constructor(secrets: readonly string[]) {
    const heads: number[] = [];
    const head = new Uint8Array(HEAD_BYTES);
    const add = (bytes: Uint8Array) => {
      heads.push(headAt(bytes, 0));
      this.#filter[filterAt(bytes, 0)] = 1;
    };
    let leastBytes = 0;
    for (const secret of secrets) {
      if (PLAIN.test(secret)) {
        for (let at = 0; at < HEAD_BYTES; at++) head[at] = secret.charCodeAt(at);
        add(head);
        for (const spelled of base64At(secret, HEAD_BYTES)) add(spelled);
        continue;
      }
      for (const { bytes } of needlesOf(secret)) {
        add(bytes);
        leastBytes = Math.max(leastBytes, bytes.length);
      }
    }
    this.#heads = Float64Array.from(heads).sort();
    this.#leastBytes = leastBytes;
  }

  /** Finds what begins at `from` or after it and before `to`; gives where to go on. */
  find(
    text: Uint8Array,
    { from, to }: { readonly from: number; readonly to: number },
    found: Found,
  ): number {
    const stop = Math.min(to, text.length - HEAD_BYTES + 1);
    let at = from;
    while (at < stop) {
      if (this.#filter[filterAt(text, at)] === 0 || !this.#has(headAt(text, at))) {
        at++;
        continue;
      }
      let end = Math.min(text.length, at + Math.max(HEAD_BYTES, this.#leastBytes));
      while (end < text.length && TOKEN_BYTES[text[end]!] === 1) end++;
      found(at, end, "****");
      at = end;
    }
    return Math.max(to, at);
  }

  #has(head: number): boolean {
    let [low, high] = [0, this.#heads.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const value = this.#heads[middle]!;
      if (value === head) return true;
      if (value < head) low = middle + 1;
      else high = middle;
    }
    return false;
  }
}

function headAt(bytes: Uint8Array, at: number): number {
  const upper = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
  return upper * 0x1000000 + ((bytes[at + 3]! << 16) | (bytes[at + 4]! << 8) | bytes[at + 5]!);
}

function filterAt(bytes: Uint8Array, at: number): number {
  const upper = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
  const lower = (bytes[at + 3]! << 16) | (bytes[at + 4]! << 8) | bytes[at + 5]!;
  return (Math.imul(upper, 0x9e3779b1) ^ Math.imul(lower, 0x85ebca6b)) >>> 8 & FILTER_MASK;
}
