/** Buffers that connections read into: a small one each, a large one while a lot comes. */
import { Buffer } from "node:buffer";

/** A pending read holds its buffer, and most connections are idle. */
const SMALL_BYTES = 4 * 1024;
const LARGE_BYTES = 64 * 1024;
/** Large ones that wait for their next use. */
const MOST_SPARE = 16;

export class ReadBuffers {
  readonly #spare: Buffer[] = [];

  small(): Buffer {
    // Of memory of its own: a piece of Node's pool would keep all of it.
    return Buffer.allocUnsafeSlow(SMALL_BYTES);
  }

  borrow(): Buffer {
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(LARGE_BYTES);
  }

  giveBack(buffer: Buffer): void {
    if (this.#spare.length < MOST_SPARE) this.#spare.push(buffer);
  }
}
