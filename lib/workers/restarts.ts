/** When what has died is started again: soon, and later each time where it keeps dying. */

const FIRST_MS = 1_000;
const MOST_MS = 60_000;
/** One that dies within this time of its last death keeps dying. */
const FORGIVEN_MS = 300_000;

interface Death {
  readonly atMs: number;
  readonly waitMs: number;
}

export class Restarts {
  readonly #deaths = new Map<number, Death>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #firstMs: number;
  #isStopped = false;

  constructor(firstMs: number = FIRST_MS) {
    this.#firstMs = firstMs;
  }

  /** Calls once it is time; gives how long that is, and undefined where it never will be. */
  again(loop: number, start: () => unknown): number | undefined {
    if (this.#isStopped) return undefined;
    const atMs = performance.now();
    const before = this.#deaths.get(loop);
    const keepsDying = before !== undefined && atMs - before.atMs < FORGIVEN_MS;
    const waitMs = keepsDying ? Math.min(MOST_MS, 2 * before.waitMs) : this.#firstMs;
    this.#deaths.set(loop, { atMs, waitMs });
    this.#after(waitMs, start);
    return waitMs;
  }

  /** Calls after as long as a first death waits: what is missing may be there by then. */
  soon(start: () => unknown): number | undefined {
    if (this.#isStopped) return undefined;
    this.#after(this.#firstMs, start);
    return this.#firstMs;
  }

  #after(waitMs: number, start: () => unknown): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      start();
    }, waitMs);
    this.#timers.add(timer);
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
