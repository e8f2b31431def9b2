/** Writes to a caller, and knows for how long it has taken nothing. */
import type { Piece, Pieces } from "../http1/pieces.ts";
import { type ByteStream, writeAll } from "../wire/byte_stream.ts";
import type { Site } from "./site.ts";

export class CallerWriter {
  readonly pieces: Pieces;
  readonly #conn: ByteStream;
  readonly #site: Site;
  readonly #onPart = () => void (this.#waitsSinceMs = this.#site.nowMs);
  #waitsSinceMs = Infinity;
  #patienceMs = Infinity;

  constructor(conn: ByteStream, site: Site) {
    this.#conn = conn;
    this.#site = site;
    this.pieces = site.pieces;
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

  /** The same with a piece, whose place is free afterwards. */
  async writePiece(piece: Piece): Promise<void> {
    this.#waitsSinceMs = this.#site.nowMs;
    await writeAll(this.#conn, piece.bytes, this.#onPart);
    this.#waitsSinceMs = Infinity;
    this.pieces.giveBack(piece);
  }

  get isStalled(): boolean {
    return this.#site.nowMs - this.#waitsSinceMs > this.#patienceMs;
  }

  get patienceMs(): number {
    return this.#patienceMs;
  }
}
