/**
 * A reply's body between the backend, which pushes it, and whoever takes it: held until judged, then
 * streamed to the caller with backpressure, or discarded. Every byte leaves as it came.
 */
import { concat } from "./receive.ts";

/** How a backend's body ended. */
export type BodyEnd =
  | { readonly kind: "complete" }
  /** It broke off: reset, short of its length, bad framing, silence. */
  | { readonly kind: "cut"; readonly detail: string };

/** The backend's side of the connection. */
export interface Tap {
  pause(): void;
  resume(): void;
  /** Ends the exchange; the connection is closed. */
  abort(): void;
}

/** Bytes waiting for a slow caller before the backend is paused. */
export const STREAM_BUFFER_BYTES = 64 * 1024;

export class HeldBody {
  #chunks: Uint8Array[] = [];
  #heldBytes = 0;
  #end: BodyEnd | undefined;
  #wake: (() => void) | undefined;
  #limitBytes: number;
  readonly #tap: Tap;

  /** @param holdBytes how much is held before the backend is paused, until the body is streamed */
  constructor(tap: Tap, { holdBytes }: { readonly holdBytes: number }) {
    this.#tap = tap;
    this.#limitBytes = holdBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** How the body ended; undefined while it goes on. */
  get end(): BodyEnd | undefined {
    return this.#end;
  }

  /** Takes a chunk; undici hands out empty ones when it resumes, which are nothing to anybody. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes >= this.#limitBytes) this.#tap.pause();
    this.#notify();
  }

  finish(end: BodyEnd): void {
    this.#end ??= end;
    this.#notify();
  }

  /** Resolves once the body has ended, as much as may be held has come, or the signal aborted. */
  async settled(signal: AbortSignal): Promise<void> {
    const wake = () => this.#notify();
    signal.addEventListener("abort", wake);
    while (!this.#isSettled() && !signal.aborted) await this.#change();
    signal.removeEventListener("abort", wake);
  }

  /** What is held, in one piece; it stays held. */
  peek(): Uint8Array {
    const whole = concat(this.#chunks, this.#heldBytes);
    this.#chunks = this.#heldBytes === 0 ? [] : [whole];
    return whole;
  }

  /**
   * The next bytes, or undefined after the last. Only one reader at a time, and no `settled()`
   * beside it.
   */
  async read(): Promise<Uint8Array | undefined> {
    this.#limitBytes = STREAM_BUFFER_BYTES;
    while (this.#chunks.length === 0 && this.#end === undefined) {
      this.#tap.resume();
      await this.#change();
    }
    return this.#shift();
  }

  /** Gives the body up; an exchange still going on is aborted. */
  discard(): void {
    if (this.#end === undefined) this.#tap.abort();
    this.#end ??= { kind: "cut", detail: "discarded" };
    this.#chunks = [];
    this.#heldBytes = 0;
    this.#notify();
  }

  #isSettled(): boolean {
    return this.#end !== undefined || this.#heldBytes >= this.#limitBytes;
  }

  #shift(): Uint8Array | undefined {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) this.#heldBytes -= chunk.length;
    if (this.#heldBytes < this.#limitBytes) this.#tap.resume();
    return chunk;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
