/** Bytes that come in pieces, as one. */
import { Buffer } from "node:buffer";

export class HeldBytes {
  #bytes: Buffer = NOTHING;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** All of them, once these are added. They stand there until the next call. */
  with(piece: Uint8Array): Buffer {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, 2 * this.#bytes.length));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
    return this.#bytes.subarray(0, length);
  }

  clear(): void {
    this.#bytes = NOTHING;
    this.#length = 0;
  }
}

const NOTHING = Buffer.alloc(0);
