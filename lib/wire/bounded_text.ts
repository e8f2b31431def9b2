/** UTF-8 text that comes in pieces, of which no more than a bound is kept. */

const EMPTY = new Uint8Array(0);
const SMALLEST_BYTES = 1024;

/** A buffer larger than this is given back as soon as its text is done with. */
const RETAINED_BYTES = 64 * 1024;

/** A byte order mark within a stream is a character like any other. */
const WHOLE = new TextDecoder("utf-8", { ignoreBOM: true });

export class BoundedText {
  #buffer: Uint8Array = EMPTY;
  #length = 0;
  #overflowed = false;

  /** How many bytes are kept. */
  get length(): number {
    return this.#length;
  }

  /** Whether more came than is kept. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  /** What is kept; good until the next `append()` or `clear()`. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Adds a piece, as much of it as fits into `maxBytes` in all. */
  append(piece: Uint8Array, maxBytes: number): void {
    const room = Math.max(0, maxBytes - this.#length);
    if (piece.length > room) this.#overflowed = true;
    const fitting = piece.length > room ? piece.subarray(0, room) : piece;
    const length = this.#length + fitting.length;
    if (length > this.#buffer.length) this.#grow(length);
    this.#buffer.set(fitting, this.#length);
    this.#length = length;
  }

  clear(): void {
    this.#length = 0;
    this.#overflowed = false;
    if (this.#buffer.length > RETAINED_BYTES) this.#buffer = EMPTY;
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, SMALLEST_BYTES, 2 * this.#buffer.length));
    grown.set(this.bytes);
    this.#buffer = grown;
  }
}

/** The text of bytes; what is no UTF-8 in them becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return WHOLE.decode(bytes);
}

/** The text of bytes that may stop within a character: without that one. */
export function textOfStart(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes, { stream: true });
}
