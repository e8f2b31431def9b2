/** Whether a caller has gone away, and who wants to hear of it. */

/** What is needed of an `AbortSignal`, which is one too. */
export interface Leaving {
  /** Whether it has happened. */
  readonly aborted: boolean;
  /** Calls back once, when it happens: not where it has happened already. */
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/**
 * One caller's going away. Every request has one, and makes little use of it: an `AbortController`
 * costs some microseconds a request for what is a list here.
 */
export class Departure implements Leaving {
  #listeners: (() => void)[] = [];
  #aborted = false;

  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_type: "abort", listener: () => void): void {
    if (!this.#aborted) this.#listeners.push(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }

  /** The caller has gone; only the first time counts. */
  leave(): void {
    const listeners = this.#listeners;
    this.#listeners = [];
    this.#aborted = true;
    for (const listener of listeners) listener();
  }
}
