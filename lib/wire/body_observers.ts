/** Who reads a reply along for its examination: as it comes, or a decoded copy of it. */
import { decodeCopy } from "./decode.ts";
import type { Examination } from "./examination.ts";
import type { BodyEnd, BodyObserver } from "./held_body.ts";
import { concat } from "./receive.ts";
import { nextTurn } from "./turns.ts";

/** Of a body that comes as it is. */
export class PlainObserver implements BodyObserver {
  #bytes = 0;
  readonly #examination: Examination;
  readonly #look: () => void;

  constructor(examination: Examination, look: () => void) {
    this.#examination = examination;
    this.#look = look;
  }

  chunk(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    const { isAwaited } = this.#examination;
    this.#examination.push(bytes);
    if (isAwaited) this.#look();
  }

  /** A large answer is read in a turn of its own: several may end at once. */
  ended(end: BodyEnd): BodyEnd | Promise<BodyEnd> {
    const isWaited = this.#examination.inspection === undefined && this.#bytes > LARGE_BYTES;
    return isWaited ? nextTurn().then(() => this.#judge(end)) : this.#judge(end);
  }

  #judge(end: BodyEnd): BodyEnd {
    const judged = this.#examination.ended(end);
    this.#look();
    return judged;
  }
}

const LARGE_BYTES = 256 * 1024;

/** Most bytes of an encoded body that are copied for reading. */
const COPY_BYTES = 1024 * 1024;
/** Most bytes they are decoded to: while the body is held, and at its end. */
const HELD_DECODED_BYTES = 1024 * 1024;
const DECODED_BYTES = 4 * 1024 * 1024;

/** Events may be as small as a few bytes. */
const SHOWN_BYTES = 32 * 1024;

/**
 * Reads a decoded copy: all that has come, whenever something has, until the body is judged, and once
 * more at its end. What cannot be decoded within bounds is not judged.
 */
export class EncodedObserver implements BodyObserver {
  readonly #examination: Examination;
  readonly #coding: string;
  readonly #look: () => void;
  #copy: Uint8Array[] = [];
  #copyBytes = 0;
  /** Decoded bytes that the examination has had. */
  #shownBytes = 0;
  #isReadable = true;
  #reading: Promise<void> | undefined;

  constructor(
    examination: Examination,
    { coding, look }: { readonly coding: string; readonly look: () => void },
  ) {
    this.#examination = examination;
    this.#coding = coding;
    this.#look = look;
  }

  chunk(bytes: Uint8Array): void {
    if (!this.#isReadable) return;
    this.#copy.push(bytes);
    this.#copyBytes += bytes.length;
    if (this.#copyBytes >= COPY_BYTES) return this.#giveUp();
    if (!this.#examination.isAwaited || !this.#examination.isCurious) return;
    this.#reading ??= this.#read().finally(() => this.#reading = undefined);
  }

  async ended(end: BodyEnd): Promise<BodyEnd> {
    await this.#reading;
    if (this.#isReadable) await this.#read({ end });
    const judged = this.#isReadable ? this.#examination.ended(end) : end;
    this.#look();
    return judged;
  }

  async #read({ end }: { readonly end?: BodyEnd } = {}): Promise<void> {
    const copied = this.#copyBytes;
    const whole = concat(this.#copy, copied);
    const maxBytes = end === undefined ? HELD_DECODED_BYTES : DECODED_BYTES;
    const decoded = await decodeCopy(whole, this.#coding, { maxBytes });
    if (decoded === undefined || decoded.bytes.length >= maxBytes) return this.#giveUp();
    await this.#show(decoded.bytes.subarray(this.#shownBytes));
    this.#shownBytes = decoded.bytes.length;
    const isWhole = end?.kind !== "complete" || decoded.complete;
    if (!isWhole && this.#examination.gate === undefined) return this.#giveUp();
    this.#look();
    const isBehind = copied < this.#copyBytes && this.#examination.isAwaited;
    if (end === undefined && isBehind && this.#examination.isCurious) await this.#read();
  }

  /** Piece by piece, as a body that is not encoded comes. */
  async #show(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += SHOWN_BYTES) {
      if (at > 0) await nextTurn();
      this.#examination.push(bytes.subarray(at, at + SHOWN_BYTES));
    }
  }

  #giveUp(): void {
    this.#isReadable = false;
    this.#copy = [];
    this.#examination.release();
    this.#look();
  }
}
