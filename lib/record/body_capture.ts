/** The start of a body as it passes, for the log; the rest is counted, not kept. */
import { HeldPieces } from "../wire/held_pieces.ts";

/**
 * Kept beyond the limit so that a credential across the limit is seen whole, and masked, before the
 * text is cut.
 */
const MARGIN_BYTES = 4096;

export class BodyCapture {
  readonly #kept = new HeldPieces();
  readonly #limitBytes: number;
  readonly #keeps: boolean;
  #totalBytes = 0;

  /**
   * @param limitBytes how much of the body the log shows
   * @param keeps false where bytes are only counted
   */
  constructor(limitBytes: number, { keeps = true } = {}) {
    this.#limitBytes = limitBytes;
    this.#keeps = keeps;
  }

  /** Whether any of it is kept. */
  get keeps(): boolean {
    return this.#keeps;
  }

  add(chunk: Uint8Array): void {
    this.#totalBytes += chunk.length;
    const room = this.keptAtMostBytes - this.#kept.length;
    if (!this.#keeps || room <= 0 || chunk.length === 0) return;
    // Of a chunk that is cut a copy, so that the rest of it can be freed.
    this.#kept.keep(chunk.length > room ? chunk.slice(0, room) : chunk);
  }

  get keptBytes(): number {
    return this.#kept.length;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  get limitBytes(): number {
    return this.#limitBytes;
  }

  /** The limit and a margin, which is for masking and not to be shown. */
  get keptAtMostBytes(): number {
    return this.#limitBytes + MARGIN_BYTES;
  }

  /** Whether more came than the log shows. */
  get truncated(): boolean {
    return this.#totalBytes > this.#limitBytes;
  }

  /** What was kept. */
  bytes(): Uint8Array {
    return this.#kept.peek();
  }
}
