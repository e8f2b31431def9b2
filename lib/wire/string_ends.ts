/**
 * Where the strings of a JSON body end. What stands between quotes is passed over four bytes at a time:
 * a string of a conversation has an escaped quote every few dozen bytes, so that a native search would
 * be called too often, and text for it would be garbage as long as the body.
 */
import { BACKSLASH, QUOTE } from "./json_token.ts";

/** Up to this distance looking at single bytes is faster. */
const NEAR_BYTES = 8;

const WORD_BYTES = 4;
/** A quote, a one, the highest bit: in each byte of a word. */
const QUOTES = 0x22222222;
const ONES = 0x01010101;
const HIGHEST = 0x80808080;

/** For one body. */
export class StringEnds {
  readonly #body: Uint8Array;
  /** Where the first byte stands that is at a whole word of its memory. */
  readonly #wordsAt: number;
  /** From there on, once a string is long enough for it. */
  #words: Int32Array | undefined;

  constructor(body: Uint8Array) {
    this.#body = body;
    this.#wordsAt = -body.byteOffset & (WORD_BYTES - 1);
  }

  /**
   * The end of the string of which `from` is the first byte, or one that nothing escapes; -1 where it has
   * none before `until`. What is between the quotes is not judged.
   */
  after(from: number, until: number): number {
    const near = Math.min(from + NEAR_BYTES, until);
    for (let at = from; at < near; at++) {
      if (isEnd(this.#body, at, from)) return at + 1;
    }
    return this.#farEnd(from, near, until);
  }

  /** Where to go on with a string that has no end from `from` to `until`: past what is escaped there. */
  pastEscapes(from: number, until: number): number {
    const end = Math.max(from, until);
    return isEscaped(this.#body, end, from) ? end + 1 : end;
  }

  /** The same as `after()`, looked for from `start` on. */
  #farEnd(from: number, start: number, until: number): number {
    const body = this.#body;
    let at = start;
    for (; at < until && ((at - this.#wordsAt) & (WORD_BYTES - 1)) !== 0; at++) {
      if (isEnd(body, at, from)) return at + 1;
    }
    const end = this.#endInWords(from, at, until);
    if (end >= 0) return end;
    for (at = Math.max(at, until - WORD_BYTES); at < until; at++) {
      if (isEnd(body, at, from)) return at + 1;
    }
    return -1;
  }

  #endInWords(from: number, start: number, until: number): number {
    const body = this.#body;
    const words = this.#words ??= wordsOf(body, this.#wordsAt);
    const last = (until - this.#wordsAt) >> 2;
    for (let word = (start - this.#wordsAt) >> 2; word < last; word++) {
      // A byte becomes zero where it is a quote: only there, and rarely above it, the highest bit is left.
      const other = words[word]! ^ QUOTES;
      let marks = (other - ONES) & ~other & HIGHEST;
      for (; marks !== 0; marks &= marks - 1) {
        const lowest = 31 - Math.clz32(marks & -marks);
        const at = this.#wordsAt + word * WORD_BYTES + (lowest >> 3);
        if (isEnd(body, at, from)) return at + 1;
      }
    }
    return -1;
  }
}

/** The whole words of a body's memory, the byte that comes first being the lowest, as on every system of Deno's. */
function wordsOf(body: Uint8Array, start: number): Int32Array {
  const { buffer, byteOffset, length } = body.subarray(Math.min(start, body.length), body.length);
  const words = length >> 2;
  return words === 0 ? new Int32Array() : new Int32Array(buffer, byteOffset, words);
}

function isEnd(body: Uint8Array, at: number, from: number): boolean {
  return body[at] === QUOTE && !isEscaped(body, at, from);
}

/** Reads only the backslashes that touch this quote, so that no byte is read for two quotes. */
function isEscaped(body: Uint8Array, quote: number, from: number): boolean {
  let first = quote;
  while (first > from && body[first - 1] === BACKSLASH) first--;
  return (quote - first) % 2 === 1;
}
