/**
 * Where a connection's next bytes go: a small place while they drip, a large one while they fill it. What
 * has come stays where it is, so that whoever holds it need not copy it.
 */
import { Buffer } from "node:buffer";

/** What a connection holds that says nothing, or little at a time. */
const SMALL_BYTES = 4 * 1024;
const LARGE_BYTES = 64 * 1024;

/** Less room than this part of a place is not worth a read. */
const LEAST_ROOM = 1 / 8;

export class ReadBuffer {
  #place: Buffer = Buffer.allocUnsafeSlow(SMALL_BYTES);
  #from = 0;
  #comesMuch = false;

  /** Where the next read may write, and nobody else reads. */
  room(): Uint8Array {
    const wanted = this.#comesMuch ? LARGE_BYTES : SMALL_BYTES;
    const isWorthIt = this.#place.length - this.#from >= wanted * LEAST_ROOM;
    if (this.#place.length !== wanted || !isWorthIt) {
      this.#place = Buffer.allocUnsafeSlow(wanted);
      this.#from = 0;
    }
    return this.#from === 0 ? this.#place : this.#place.subarray(this.#from);
  }

  /** What a read has put into that room. */
  taken(count: number): Buffer {
    const end = this.#from + count;
    const bytes = this.#place.subarray(this.#from, end);
    this.#from = end;
    const isFull = end === this.#place.length && count >= SMALL_BYTES / 2;
    this.#comesMuch = isFull || count > SMALL_BYTES;
    return bytes;
  }

  /** Nothing more is expected for now. */
  settle(): void {
    this.#comesMuch = false;
  }
}
