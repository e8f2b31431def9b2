/** The lines between the chunks of a body. https://www.rfc-editor.org/rfc/rfc9112#section-7.1 */
import { CR, LF, runEnd, SEMICOLON, SPACE, TAB, TEXT } from "./octets.ts";

/** Most of an extension that is skipped; nobody sends any. */
const MAX_EXTENSION_BYTES = 4 * 1024;

/** Enough for any size that a number holds, with zeros before it. */
const MAX_DIGITS = 16;

type Part = "size" | "extension" | "size end" | "data" | "after data" | "data end" | "trailers";

export class ChunkFraming {
  /** What is wrong with it, for a person; empty while nothing is. */
  fault = "";
  #part: Part = "size";
  #size = 0;
  #digits = 0;
  #extensionBytes = 0;

  /** Begins a body. */
  begin(): void {
    this.fault = "";
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

  /** Goes on to the next data: gives its place, or the length where it is not reached, or a fault. */
  push(bytes: Uint8Array, from: number): number {
    if (this.#part === "data") this.#part = "after data";
    let at = from;
    while (at < bytes.length && this.#isBetween()) {
      at = this.#step(bytes, at);
      if (this.fault !== "") return bytes.length;
    }
    return at;
  }

  #isBetween(): boolean {
    return this.#part !== "data" && this.#part !== "trailers";
  }

  #step(bytes: Uint8Array, at: number): number {
    const byte = bytes[at]!;
    switch (this.#part) {
      case "size":
        return this.#digit(byte, at);
      case "extension":
        return this.#extension(bytes, at);
      case "size end":
        if (byte !== LF) return this.#failed(WRONG_SIZE, at);
        this.#part = this.#size === 0 ? "trailers" : "data";
        return at + 1;
      case "after data":
        if (byte !== CR) return this.#failed("a line end is missing after chunk data", at);
        this.#part = "data end";
        return at + 1;
      case "data end":
        if (byte !== LF) return this.#failed("a line end is missing after chunk data", at);
        this.#nextSize();
        return at + 1;
      case "data":
      case "trailers":
        return at;
    }
  }

  #digit(byte: number, at: number): number {
    const digit = digitOf(byte);
    if (digit < 0) {
      if (this.#digits === 0) return this.#failed(WRONG_SIZE, at);
      const isExtended = byte === SEMICOLON || byte === SPACE || byte === TAB;
      if (byte !== CR && !isExtended) return this.#failed(WRONG_SIZE, at);
      this.#part = isExtended ? "extension" : "size end";
      return at + 1;
    }
    this.#size = this.#size * 16 + digit;
    this.#digits++;
    const fits = this.#digits <= MAX_DIGITS && Number.isSafeInteger(this.#size);
    return fits ? at + 1 : this.#failed(WRONG_SIZE, at);
  }

  #extension(bytes: Uint8Array, from: number): number {
    const at = runEnd(TEXT, bytes, from);
    this.#extensionBytes += at - from;
    if (this.#extensionBytes > MAX_EXTENSION_BYTES) return this.#failed(WRONG_SIZE, at);
    if (at === bytes.length) return at;
    if (bytes[at] !== CR) return this.#failed(WRONG_SIZE, at);
    this.#part = "size end";
    return at + 1;
  }

  #nextSize(): void {
    this.#part = "size";
    this.#size = this.#digits = this.#extensionBytes = 0;
  }

  #failed(fault: string, at: number): number {
    this.fault = fault;
    return at;
  }
}

const WRONG_SIZE = "a chunk size is malformed";

/** -1 for what is no hexadecimal digit. */
function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
