/**
 * A reply's body between the backend, which pushes it, and whoever takes it: held until judged, then
 * streamed to the caller with backpressure, or discarded. Every byte leaves as it came.
 */
import type { BodyEnd, BodyObserver, Tap } from "./body_sides.ts";
import { HeldPieces } from "./held_pieces.ts";
import type { NextBytes } from "./caller_response.ts";
import type { Leaving } from "./leaving.ts";
import { concat } from "./receive.ts";
import { SilenceTimer } from "./silence_timer.ts";

export type { BodyEnd, BodyObserver, Tap };

/** Bytes waiting for a slow caller before the backend is paused. */
export const STREAM_BUFFER_BYTES = 64 * 1024;

export class HeldBody {
  readonly #held = new HeldPieces();
  /** What the connection said. */
  #received: BodyEnd | undefined;
  /** What it means. */
  #end: BodyEnd | undefined;
  #wake: (() => void) | undefined;
  #limitBytes: number;
  #observer: BodyObserver | undefined;
  #silenceMs = Infinity;
  readonly #tap: Tap;
  readonly #silence = new SilenceTimer((ms) => this.#cut(`silent for ${ms / 1000} s`));
  #cutTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param holdBytes how much is held before the backend is paused, until the body is streamed */
  constructor(tap: Tap, { holdBytes }: { readonly holdBytes: number }) {
    this.#tap = tap;
    this.#limitBytes = holdBytes;
  }

  get heldBytes(): number {
    return this.#held.length;
  }

  /** How the body ended; undefined while it goes on. */
  get end(): BodyEnd | undefined {
    return this.#end;
  }

  /** Longest silence allowed, in milliseconds; `Infinity` while there is no limit. */
  get silenceMs(): number {
    return this.#silenceMs;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0 || this.#received !== undefined) return;
    this.#held.keep(chunk);
    this.#silence.broken();
    this.#observer?.chunk(chunk);
    if (this.#isFull()) this.#pause();
    this.#notify();
  }

  /** Only the first end counts. */
  finish(end: BodyEnd): void {
    if (this.#received !== undefined) return;
    this.#received = end;
    this.#silence.stop();
    this.spare();
    this.#judgeEnd(end);
  }

  /** Has the body read along by an observer, from its first byte. At most one. */
  observe(observer: BodyObserver): void {
    this.#observer = observer;
    for (const chunk of this.#held.pieces) observer.chunk(chunk);
    if (this.#received === undefined) return;
    this.#end = undefined;
    this.#judgeEnd(this.#received);
  }

  /** From now on, a silence of the backend's of that length cuts the body. */
  limitSilence(ms: number): void {
    this.#silenceMs = ms;
    if (this.#received === undefined) this.#silence.start(ms);
  }

  /** Cuts the body after that time, unless it has ended or was spared until then. */
  cutAfter(ms: number, detail: string): void {
    if (this.#received === undefined) this.#cutTimer = setTimeout(() => this.#cut(detail), ms);
  }

  spare(): void {
    // Few have one, and asking for it costs more than this look.
    if (this.#cutTimer !== undefined) clearTimeout(this.#cutTimer);
  }

  /**
   * Resolves once the body has ended, as much as may be held has come, the time is up, or the signal
   * aborted.
   */
  async settled(signal: Leaving, { withinMs = Infinity } = {}): Promise<void> {
    let isOver = false;
    const giveUp = () => {
      isOver = true;
      this.#notify();
    };
    const timer = withinMs === Infinity ? undefined : setTimeout(giveUp, withinMs);
    signal.addEventListener("abort", giveUp);
    while (this.#end === undefined && !this.#isFull() && !isOver && !signal.aborted) {
      await this.#change();
    }
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
  }

  /** What is held, in one piece; it stays held. */
  peek(): Uint8Array {
    return this.#held.peek();
  }

  /**
   * The next bytes, or undefined after the last; at once where they are there. Only one reader at a
   * time, and no `settled()` beside it.
   */
  read(): NextBytes {
    this.#limitBytes = STREAM_BUFFER_BYTES;
    if (this.#held.length > 0 || this.#end !== undefined) return this.#take();
    this.#resume();
    return this.#change().then(this.#readOn);
  }

  readonly #readOn = (): NextBytes => this.read();

  /** Gives the body up; an exchange still going on is aborted. */
  discard(): void {
    const goesOn = this.#received === undefined;
    this.#received ??= { kind: "cut", detail: "discarded" };
    this.#end ??= this.#received;
    this.#silence.stop();
    this.spare();
    this.#held.clear();
    if (goesOn) this.#tap.abort();
    this.#notify();
  }

  #isFull(): boolean {
    return this.#held.length >= this.#limitBytes;
  }

  #judgeEnd(end: BodyEnd): void {
    const judged = this.#observer?.ended(end) ?? end;
    if (judged instanceof Promise) judged.then((late) => this.#close(late));
    else this.#close(judged);
  }

  #close(end: BodyEnd): void {
    this.#end ??= end;
    this.#notify();
  }

  #cut(detail: string): void {
    this.finish({ kind: "cut", detail });
    this.#tap.abort();
  }

  /** All that is held: what came in one piece, in however many chunks, is passed on in one write. */
  #take(): Uint8Array | undefined {
    const bytes = this.#held.length === 0 ? undefined : this.#held.take(concat);
    if (!this.#isFull()) this.#resume();
    return bytes;
  }

  /** A backend that may not send is not silent. */
  #pause(): void {
    this.#tap.pause();
    this.#silence.pause();
  }

  #resume(): void {
    this.#tap.resume();
    this.#silence.resume();
  }

  readonly #change = () => new Promise<void>((resolve) => this.#wake = resolve);

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
