/**
 * Where the strings of a JSON body end. Far ends are looked for in text, a stretch of the body at a time:
 * the search of text goes by whole registers, that of an array by single bytes.
 */
import { Buffer } from "node:buffer";
import { BACKSLASH, QUOTE } from "./json_token.ts";

/** Below this distance a loop finds a quote sooner than the native search, which costs a call. */
const NEAR_BYTES = 8;

/** Stretches grow with the body that is read, so that one short string does not cost a long stretch. */
const FIRST_STRETCH_BYTES = 512;
const LONGEST_STRETCH_BYTES = 32 * 1024;

/** For one body, read from its start to its end: each of its bytes becomes text once at most. */
export class StringEnds {
  readonly #body: Uint8Array;
  /** The body from `#start` to `#end`, a character a byte. */
  #stretch = "";
  #start = 0;
  #end = 0;
  #nextBytes = FIRST_STRETCH_BYTES;

  constructor(body: Uint8Array) {
    this.#body = body;
  }

  /**
   * The end of the string of which `from` is the first byte, or one that nothing escapes; -1 where it has
   * none before `until`. What is between the quotes is not judged.
   */
  after(from: number, until: number): number {
    let quote = this.#quote(from, until);
    while (quote >= 0 && isEscaped(this.#body, quote, from)) quote = this.#quote(quote + 1, until);
    return quote < 0 ? -1 : quote + 1;
  }

  /** Where to go on with a string that has no end from `from` to `until`: past what is escaped there. */
  pastEscapes(from: number, until: number): number {
    const end = Math.max(from, until);
    return isEscaped(this.#body, end, from) ? end + 1 : end;
  }

  #quote(from: number, until: number): number {
    const near = Math.min(from + NEAR_BYTES, until);
    for (let at = from; at < near; at++) {
      if (this.#body[at] === QUOTE) return at;
    }
    return this.#farQuote(near, until);
  }

  #farQuote(from: number, until: number): number {
    for (let at = from; at < until; at = this.#end) {
      if (at < this.#start || at >= this.#end) this.#read(at);
      const found = this.#stretch.indexOf('"', at - this.#start);
      if (found >= 0) return this.#start + found < until ? this.#start + found : -1;
    }
    return -1;
  }

  #read(start: number): void {
    this.#start = start;
    this.#end = Math.min(start + this.#nextBytes, this.#body.length);
    const { buffer, byteOffset, length } = this.#body.subarray(start, this.#end);
    this.#stretch = Buffer.from(buffer, byteOffset, length).toString("latin1");
    this.#nextBytes = Math.min(4 * this.#nextBytes, LONGEST_STRETCH_BYTES);
  }
}

/** Reads only the backslashes that touch this quote, so that no byte is read for two quotes. */
function isEscaped(body: Uint8Array, quote: number, from: number): boolean {
  let first = quote;
  while (first > from && body[first - 1] === BACKSLASH) first--;
  return (quote - first) % 2 === 1;
}
