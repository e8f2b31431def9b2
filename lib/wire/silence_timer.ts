import { CATCH_UP_MS, overslept } from "./overslept.ts";

/**
 * Tells when nothing has come for a while. One timer, looked at when it fires: a byte only moves an
 * instant.
 */
export class SilenceTimer {
  readonly #onSilence: (ms: number) => void;
  #limitMs = 0;
  #sinceMs = 0;
  /** When the timer is to fire. */
  #dueMs = 0;
  #paused = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onSilence called once, with the length that was allowed, in milliseconds */
  constructor(onSilence: (ms: number) => void) {
    this.#onSilence = onSilence;
  }

  /** Begins to count; goes on counting where it did with the same limit. */
  start(limitMs: number): void {
    if (this.#timer !== undefined && limitMs === this.#limitMs) return;
    this.stop();
    this.#limitMs = limitMs;
    this.#sinceMs = performance.now();
    this.#wait(limitMs);
  }

  /** Something came. */
  broken(): void {
    if (this.#timer !== undefined) this.#sinceMs = performance.now();
  }

  /** Nothing can come: the time does not count. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (this.#paused) this.broken();
    this.#paused = false;
  }

  stop(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(ms: number): void {
    this.#dueMs = performance.now() + ms;
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  #look(): void {
    if (overslept(this.#dueMs)) return this.#wait(CATCH_UP_MS);
    const leftMs = this.#paused
      ? this.#limitMs
      : this.#limitMs - (performance.now() - this.#sinceMs);
    // A timer may fire a fraction of a millisecond early.
    if (leftMs >= 1) return this.#wait(leftMs);
    this.#timer = undefined;
    this.#onSilence(this.#limitMs);
  }
}
