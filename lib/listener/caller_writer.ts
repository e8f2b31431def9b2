/** Writes to a caller, and knows for how long it has taken nothing. */
import { type ByteStream, writeAll } from "../wire/byte_stream.ts";
import type { Site } from "./site.ts";

export class CallerWriter {
  readonly #conn: ByteStream;
  readonly #site: Site;
  readonly #onPart = () => void (this.#waitsSinceMs = this.#site.nowMs);
  #waitsSinceMs = Infinity;
  #patienceMs = Infinity;

  constructor(conn: ByteStream, site: Site) {
    this.#conn = conn;
    this.#site = site;
  }

  /** From now on, so long may pass in which nothing is taken; may be `Infinity`. */
  waitAtMost(patienceMs: number): void {
    this.#patienceMs = patienceMs;
  }

  /** Resolves when the system has all of it. Rejects where the caller has gone. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#waitsSinceMs = this.#site.nowMs;
    await writeAll(this.#conn, bytes, this.#onPart);
    this.#waitsSinceMs = Infinity;
  }

  get isStalled(): boolean {
    return this.#site.nowMs - this.#waitsSinceMs > this.#patienceMs;
  }

  get patienceMs(): number {
    return this.#patienceMs;
  }
}
