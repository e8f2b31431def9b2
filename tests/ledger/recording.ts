/** What passed over a connection in one direction, and when. */
import { Buffer } from "node:buffer";

export class Recording {
  readonly #segments: { readonly end: number; readonly instant: number; readonly bytes: Buffer }[] =
    [];
  #length = 0;
  #ended = false;

  get length(): number {
    return this.#length;
  }

  /** Whether the sender ended its side in order. */
  get ended(): boolean {
    return this.#ended;
  }

  add(bytes: Uint8Array, instant: number): void {
    this.#length += bytes.length;
    // A copy: a small read would keep its whole buffer alive.
    this.#segments.push({ end: this.#length, instant, bytes: Buffer.from(bytes) });
  }

  end(): void {
    this.#ended = true;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#segments.map(({ bytes }) => bytes), this.#length);
  }

  /** When the byte at this offset passed; Infinity where it never did. */
  instantOf(offset: number): number {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#segments[middle]?.end ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return this.#segments[low]?.instant ?? Infinity;
  }
}
