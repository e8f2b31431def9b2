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
  write(bytes: Uint8Array): Promise<void> {
    return this.writePiece({ bytes, place: undefined });
  }

  /** The same with a piece, whose place is free afterwards. */
  writePiece(piece: Piece): Promise<void> {
    this.#waitsSinceMs = this.#site.nowMs;
    return this.#conn.write(piece.bytes).then((count) => this.#taken(piece, count));
  }

  /** Mostly the system takes all of a piece at once. */
  #taken(piece: Piece, count: number): void | Promise<void> {
    if (count < piece.bytes.length) return this.#writeRest(piece, count);
    this.#waitsSinceMs = Infinity;
    this.pieces.giveBack(piece);
  }

  async #writeRest(piece: Piece, count: number): Promise<void> {
    this.#onPart();
    await writeAll(this.#conn, piece.bytes.subarray(count), this.#onPart);
    this.#taken(piece, piece.bytes.length);
  }

  get isStalled(): boolean {
    return this.#site.nowMs - this.#waitsSinceMs > this.#patienceMs;
  }

  get patienceMs(): number {
    return this.#patienceMs;
  }
}
