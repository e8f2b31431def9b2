/** Lets one event loop at a time change what they share: for microseconds, so that waiting may block. */
import { WORDS } from "./shared_memory.ts";

/** Most waits are over before a thread could have been put to sleep. */
const SPINS = 200;

const WAIT_MS = 100;

/** Nobody has the lock for seconds: after so many waits its holder is taken for dead. */
const MOST_WAITS = 100;

export class SharedLock {
  readonly #words: Int32Array;
  readonly #mine: number;

  constructor(words: Int32Array, loop: number) {
    this.#words = words;
    this.#mine = loop + 1;
  }

  /** Blocks until nobody else has it. Not for who has it already. */
  acquire(): void {
    if (this.#take()) return;
    for (let spin = 0; spin < SPINS; spin++) if (this.#take()) return;
    this.#wait();
  }

  release(): void {
    this.#freeFrom(this.#mine);
  }

  /** Frees it where that loop ended while it had it. */
  releaseFor(loop: number): void {
    this.#freeFrom(loop + 1);
  }

  #take(): boolean {
    return Atomics.compareExchange(this.#words, WORDS.lock, 0, this.#mine) === 0;
  }

  #wait(): void {
    Atomics.add(this.#words, WORDS.waiters, 1);
    for (let waits = 0; !this.#take(); waits++) {
      const holder = Atomics.load(this.#words, WORDS.lock);
      if (holder === 0) continue;
      // Waits are counted, not seconds: a process that was stopped sees only one of them pass.
      if (waits >= MOST_WAITS) this.#freeFrom(holder);
      else Atomics.wait(this.#words, WORDS.lock, holder, WAIT_MS);
    }
    Atomics.sub(this.#words, WORDS.waiters, 1);
  }

  #freeFrom(holder: number): void {
    if (Atomics.compareExchange(this.#words, WORDS.lock, holder, 0) !== holder) return;
    if (Atomics.load(this.#words, WORDS.waiters) > 0) Atomics.notify(this.#words, WORDS.lock, 1);
  }
}
