/** Time between two writes, where they follow each other so fast that one of both would do. */

export class Pause {
  readonly #ms: number;
  #lastMs = -Infinity;
  #isHurried = false;
  #end: (() => void) | undefined;

  /** @param ms from one write to the next */
  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Resolves at once after a first write, and later where the last was just now. */
  async untilDue(): Promise<void> {
    const nowMs = performance.now();
    const dueMs = this.#lastMs + this.#ms;
    this.#lastMs = nowMs;
    if (nowMs >= dueMs) return;
    await this.#wait(dueMs - nowMs);
    this.#lastMs = performance.now();
  }

  /** Resolves after all of the time. */
  async whole(): Promise<void> {
    await this.#wait(this.#ms);
  }

  /** Whether somebody waits: then there is no pause, and one that has begun ends. */
  hurry(isHurried: boolean): void {
    this.#isHurried = isHurried;
    if (isHurried) this.#end?.();
  }

  #wait(ms: number): Promise<void> {
    if (this.#isHurried) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#end = undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#end = end;
    });
  }
}
