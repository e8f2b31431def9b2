/**
 * The lines between the chunks of a body: hexadecimal digits, an extension, which is dropped, and CRLF.
 * https://www.rfc-editor.org/rfc/rfc9112#section-7.1
 */
import { BLANK, CR, LF, runEnd, SEMICOLON, TEXT } from "./octets.ts";

/** What is taken for an extension. */
export interface ExtensionRules {
  /** Whether a blank begins one as a semicolon does; else blanks may only stand before the semicolon. */
  readonly afterBlank: boolean;
  /** Most that is skipped of them in a chunk, or in all chunks together. */
  readonly maxBytes: number;
  readonly per: "chunk" | "body";
  /** What is wrong with more of them, for a person. */
  readonly fault: string;
}

const WRONG_SIZE = "a chunk size is malformed";
const NO_LINE_END = "a line end is missing after chunk data";

/** Strictly: a request's could hide another one. Hardly anybody sends any. */
export const OF_REQUESTS: ExtensionRules = {
  afterBlank: false,
  maxBytes: 16 * 1024,
  per: "body",
  fault: "its chunk extensions are over 16 KiB",
};

/** As leniently as backends need it, some of which fill a size up with blanks. */
export const OF_RESPONSES: ExtensionRules = {
  afterBlank: true,
  maxBytes: 4 * 1024,
  per: "chunk",
  fault: WRONG_SIZE,
};

/** Enough for any size that a number holds, with zeros before it. */
const MAX_DIGITS = 16;

type Part =
  | "size"
  | "before extension"
  | "extension"
  | "size end"
  | "data"
  | "after data"
  | "data end"
  | "trailers";

export class ChunkFraming {
  /** What is wrong with them, for a person; empty while nothing is. */
  fault = "";
  readonly #rules: ExtensionRules;
  #part: Part = "size";
  #size = 0;
  #digits = 0;
  #extensionBytes = 0;

  constructor(rules: ExtensionRules) {
    this.#rules = rules;
  }

  /** Begins a body. */
  begin(): void {
    this.fault = "";
    this.#extensionBytes = 0;
    this.#nextSize();
  }

  /** Whether the last chunk has come, and trailers follow. */
  get isLast(): boolean {
    return this.#part === "trailers";
  }

  /** How much data stands at the place that `push()` gave. */
  get dataBytes(): number {
    return this.#part === "data" ? this.#size : 0;
  }

  /** Goes on to the next data: gives its place, or `to` where it is not reached, or there is a fault. */
  push(bytes: Uint8Array, from: number, to = bytes.length): number {
    if (this.#part === "data") this.#part = "after data";
    let at = from;
    while (at < to && this.#isBetween()) {
      at = this.#step(bytes, at, to);
      if (this.fault !== "") return to;
    }
    return at;
  }

  #isBetween(): boolean {
    return this.#part !== "data" && this.#part !== "trailers";
  }

  #step(bytes: Uint8Array, at: number, to: number): number {
    const byte = bytes[at]!;
    switch (this.#part) {
      case "size":
        return this.#digit(byte, at);
      case "before extension":
      case "extension":
        return this.#extension(bytes, at, to);
      case "size end":
        if (byte !== LF) return this.#failed(WRONG_SIZE, at);
        this.#part = this.#size === 0 ? "trailers" : "data";
        return at + 1;
      case "after data":
        if (byte !== CR) return this.#failed(NO_LINE_END, at);
        this.#part = "data end";
        return at + 1;
      case "data end":
        if (byte !== LF) return this.#failed(NO_LINE_END, at);
        this.#nextSize();
        return at + 1;
      case "data":
      case "trailers":
        return at;
    }
  }

  #digit(byte: number, at: number): number {
    const digit = digitOf(byte);
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit;
      this.#digits++;
      const fits = this.#digits <= MAX_DIGITS && Number.isSafeInteger(this.#size);
      return fits ? at + 1 : this.#failed(WRONG_SIZE, at);
    }
    if (this.#digits === 0) return this.#failed(WRONG_SIZE, at);
    if (byte === CR) this.#part = "size end";
    else if (byte === SEMICOLON) this.#part = "extension";
    else if (BLANK[byte] !== 1) return this.#failed(WRONG_SIZE, at);
    else this.#part = this.#rules.afterBlank ? "extension" : "before extension";
    return at + 1;
  }

  /** Blanks may stand before the semicolon, but not in its place. */
  #extension(bytes: Uint8Array, from: number, to: number): number {
    const isInside = this.#part === "extension";
    const at = runEnd(isInside ? TEXT : BLANK, bytes, from, to);
    this.#extensionBytes += at - from;
    if (this.#extensionBytes > this.#rules.maxBytes) return this.#failed(this.#rules.fault, at);
    if (at === to) return at;
    if (bytes[at] !== (isInside ? CR : SEMICOLON)) return this.#failed(WRONG_SIZE, at);
    this.#part = isInside ? "size end" : "extension";
    return at + 1;
  }

  #nextSize(): void {
    this.#part = "size";
    this.#size = this.#digits = 0;
    if (this.#rules.per === "chunk") this.#extensionBytes = 0;
  }

  #failed(fault: string, at: number): number {
    this.fault = fault;
    return at;
  }
}

/** -1 for what is no hexadecimal digit. */
function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
