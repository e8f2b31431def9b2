/** Waits until a 2xx reply of an inference call can be judged; from then on only reads along. */
import { decodeCopy } from "./decode.ts";
import { Examination, type ExaminationOptions, JSON_HOLD_BYTES } from "./examination.ts";
import type { StreamGate } from "./gate.ts";
import type { BodyEnd, BodyObserver, HeldBody } from "./held_body.ts";
import type { Inspection } from "./inspection.ts";
import type { Leaving } from "./leaving.ts";
import { concat } from "./receive.ts";
import { nextTurn } from "./turns.ts";

export interface InspectOptions extends ExaminationOptions {
  /** The body's Content-Encoding; undefined for none. */
  readonly coding: string | undefined;
  /** Longest wait for the first content of a stream, or for JSON: what has begun is committed then. */
  readonly firstContentMs: number;
  /** Longest silence after that. */
  readonly idleMs: number;
  /** Aborts when the caller goes away. */
  readonly signal: Leaving;
}

export interface Inspected {
  readonly inspection: Inspection;
  /** The error that the body reports, where it reports one. */
  readonly errorText: string;
  /** Reads along to the end; undefined where the body is no stream. */
  readonly gate: StreamGate | undefined;
}

/** Undefined when the caller went away meanwhile. */
export async function inspect(
  body: HeldBody,
  options: InspectOptions,
): Promise<Inspected | undefined> {
  const { coding, idleMs, signal } = options;
  const examination = new Examination(options);
  const wait = new Wait(examination, options);
  const look = () => {
    if (body.heldBytes >= JSON_HOLD_BYTES) examination.release();
    if (isJson(examination)) body.limitSilence(idleMs);
    if (examination.inspection !== undefined) wait.over(examination.inspection);
  };
  body.observe(
    coding === undefined
      ? new PlainObserver(examination, look)
      : new EncodedObserver(examination, { coding, look }),
  );
  // A stream that is not held is passed on from its head.
  look();
  const inspection = wait.result ?? await wait.begin(signal);
  if (inspection === undefined) return undefined;
  body.limitSilence(idleMs);
  return { inspection, errorText: examination.errorText, gate: examination.gate };
}

/** The wait for what a body shows. Most bodies show it at once, and then nothing is waited for. */
class Wait {
  readonly #examination: Examination;
  readonly #firstContentMs: number;
  #result: Inspection | undefined;
  #resolve: ((inspection: Inspection | undefined) => void) | undefined;

  constructor(examination: Examination, { firstContentMs }: { readonly firstContentMs: number }) {
    this.#examination = examination;
    this.#firstContentMs = firstContentMs;
  }

  /** Undefined while there is none. */
  get result(): Inspection | undefined {
    return this.#result;
  }

  /** Only the first result counts. */
  over(inspection: Inspection): void {
    this.#result ??= inspection;
    this.#resolve?.(this.#result);
  }

  /** Resolves with the result, at the latest after the time for the first content; undefined when the caller left. */
  async begin(signal: Leaving): Promise<Inspection | undefined> {
    if (signal.aborted) return undefined;
    const { promise, resolve } = Promise.withResolvers<Inspection | undefined>();
    this.#resolve = resolve;
    const leave = () => resolve(undefined);
    signal.addEventListener("abort", leave);
    const timer = setTimeout(() => this.#late(), this.#firstContentMs);
    const inspection = await promise;
    clearTimeout(timer);
    signal.removeEventListener("abort", leave);
    return inspection;
  }

  #late(): void {
    // JSON that has begun is committed: a limit of ours is no failure of the backend's.
    if (isJson(this.#examination)) this.#examination.release();
    const waitedMs = this.#firstContentMs;
    this.over(this.#examination.inspection ?? { kind: "no_content", waitedMs });
  }
}

function isJson({ hasBegun, gate }: Examination): boolean {
  return hasBegun && gate === undefined;
}

class PlainObserver implements BodyObserver {
  #bytes = 0;
  readonly #examination: Examination;
  readonly #look: () => void;

  constructor(examination: Examination, look: () => void) {
    this.#examination = examination;
    this.#look = look;
  }

  chunk(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    const isHeld = this.#examination.inspection === undefined;
    this.#examination.push(bytes);
    if (isHeld) this.#look();
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
class EncodedObserver implements BodyObserver {
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
    if (this.#examination.inspection !== undefined || !this.#examination.isCurious) return;
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
    const isBehind = copied < this.#copyBytes && this.#examination.inspection === undefined;
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
