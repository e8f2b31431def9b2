/** Bytes that come in pieces and are held: they cost about what they weigh, however small the pieces are. */
import { concat } from "./receive.ts";

/** A piece is an object of some hundred bytes: smaller ones than that are put together. */
export const SMALL_BYTES = 4 * 1024;

/** Every stream that is held for its first content has one: it holds a few events. */
const LEAST_BLOCK_BYTES = 4 * 1024;
const MOST_BLOCK_BYTES = 256 * 1024;

/** Puts pieces together. */
export type Joined<Whole> = (pieces: readonly Uint8Array[], length: number) => Whole;

/** Only the first of small pieces stands alone: what comes whole in one piece is not copied. */
export class HeldPieces {
  /** Undefined for none: an array that grows has room for 17, and most hold one piece or never any. */
  #pieces: Uint8Array[] | undefined;
  #length = 0;
  /** Where small pieces go, after all of `#pieces`; full as far as `#blockLength`. */
  #block: Uint8Array | undefined;
  #blockLength = 0;
  #nextBlockBytes = LEAST_BLOCK_BYTES;

  /** How many bytes are held. */
  get length(): number {
    return this.#length;
  }

  /** Holds a piece that nobody else writes to. */
  keep(piece: Uint8Array): void {
    if (this.#joins(piece)) this.#join(piece);
    else this.#stand(piece);
  }

  /** Holds a copy of a piece whose memory is used again. */
  copy(piece: Uint8Array): void {
    if (this.#joins(piece)) this.#join(piece);
    else this.#stand(piece.slice());
  }

  /** What is held, in few pieces. */
  get pieces(): readonly Uint8Array[] {
    const pieces = this.#pieces ?? [];
    const block = this.#block?.subarray(0, this.#blockLength);
    return block === undefined ? pieces : [...pieces, block];
  }

  /** What is held, in one piece; it stays held. */
  peek(): Uint8Array {
    const whole = concat(this.pieces, this.#length);
    if ((this.#pieces?.length ?? 0) + (this.#block === undefined ? 0 : 1) > 1) {
      this.clear();
      this.#stand(whole);
    }
    return whole;
  }

  /** What is held, put together; from then on nothing is. */
  take<Whole>(joined: Joined<Whole>): Whole {
    const whole = joined(this.pieces, this.#length);
    this.clear();
    return whole;
  }

  clear(): void {
    this.#pieces = undefined;
    this.#length = 0;
    this.#block = undefined;
    this.#nextBlockBytes = LEAST_BLOCK_BYTES;
  }

  #joins(piece: Uint8Array): boolean {
    return this.#length > 0 && piece.length < SMALL_BYTES;
  }

  #join(piece: Uint8Array): void {
    const block = this.#blockWith(piece.length);
    block.set(piece, this.#blockLength);
    this.#blockLength += piece.length;
    this.#length += piece.length;
  }

  #blockWith(room: number): Uint8Array {
    if (this.#block !== undefined && this.#blockLength + room <= this.#block.length) {
      return this.#block;
    }
    this.#seal();
    this.#block = new Uint8Array(this.#nextBlockBytes);
    this.#blockLength = 0;
    this.#nextBlockBytes = Math.min(2 * this.#nextBlockBytes, MOST_BLOCK_BYTES);
    return this.#block;
  }

  #stand(piece: Uint8Array): void {
    this.#seal();
    this.#nextBlockBytes = LEAST_BLOCK_BYTES;
    this.#add(piece);
    this.#length += piece.length;
  }

  /** A block that is more than half empty is not kept for the little that is in it. */
  #seal(): void {
    const block = this.#block;
    if (block === undefined) return;
    const end = this.#blockLength;
    this.#add(2 * end < block.length ? block.slice(0, end) : block.subarray(0, end));
    this.#block = undefined;
  }

  #add(piece: Uint8Array): void {
    if (this.#pieces === undefined) this.#pieces = [piece];
    else this.#pieces.push(piece);
  }
}
