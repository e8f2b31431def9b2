/** Lets one event loop at a time change what they share: for microseconds, so that waiting may block. */
import { WORDS } from "./shared_memory.ts";

/** Most waits are over before a thread could have been put to sleep. */
const SPINS = 200;

const WAIT_MS = 100;

/** Nobody has the lock for seconds: after so many waits for one holding, its loop is taken for dead. */
const MOST_WAITS = 100;

/** A holding is the number of the loop, from 1, and above that how often this loop has held it. */
const LOOP_BITS = 8;
const LOOP_MASK = (1 << LOOP_BITS) - 1;

export class SharedLock {
  readonly #words: Int32Array;
  readonly #mine: number;
  #holding: number;

  constructor(words: Int32Array, loop: number) {
    this.#words = words;
    this.#mine = loop + 1;
    this.#holding = this.#mine;
  }

  /** Blocks until nobody else has it. Not for who has it already. */
  acquire(): void {
    this.#holding = ((this.#holding + LOOP_MASK + 1) & ~LOOP_MASK) | this.#mine;
    if (this.#take()) return;
    for (let spin = 0; spin < SPINS; spin++) if (this.#take()) return;
    this.#wait();
  }

  release(): void {
    this.#free(this.#holding);
  }

  /** Frees it where that loop ended while it had it. */
  releaseFor(loop: number): void {
    const holding = Atomics.load(this.#words, WORDS.lock);
    if ((holding & LOOP_MASK) === loop + 1) this.#free(holding);
  }

  #take(): boolean {
    return Atomics.compareExchange(this.#words, WORDS.lock, 0, this.#holding) === 0;
  }

  #wait(): void {
    Atomics.add(this.#words, WORDS.waiters, 1);
    // Waits are counted, not seconds: a process that was stopped sees only one of them pass.
    let inVain = 0;
    let last = 0;
    while (!this.#take()) {
      const holding = Atomics.load(this.#words, WORDS.lock);
      if (holding === 0) continue;
      const how = Atomics.wait(this.#words, WORDS.lock, holding, WAIT_MS);
      inVain = how === "timed-out" && holding === last ? inVain + 1 : 0;
      last = holding;
      if (inVain >= MOST_WAITS) this.#free(holding);
    }
    Atomics.sub(this.#words, WORDS.waiters, 1);
  }

  #free(holding: number): void {
    if (Atomics.compareExchange(this.#words, WORDS.lock, holding, 0) !== holding) return;
    if (Atomics.load(this.#words, WORDS.waiters) > 0) Atomics.notify(this.#words, WORDS.lock, 1);
  }
}
