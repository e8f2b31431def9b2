/**
 * What this event loop has in common with the others of the process. Each loop has a replica of every
 * part, and changes reach all replicas in one order; who decides something has the lock meanwhile.
 */
import { Counters } from "./counters.ts";
import { SharedLock } from "./shared_lock.ts";
import { SharedLog } from "./shared_log.ts";
import { cellsOf, type SharedLoop, WORDS, wordsOf } from "./shared_memory.ts";

/** A part of the state of which each loop has its own copy. What goes through it must fit JSON. */
export interface Replica {
  /** Does what another loop has done. */
  apply(change: unknown): void;
  /** All of it, for `restore()`. */
  dump(): unknown;
  /** Undefined for nothing. */
  restore(dumped: unknown): void;
}

export interface Telling {
  /** Whether a loop that is idle is woken for it. */
  readonly rings: boolean;
}

export class Shared {
  readonly loop: number;
  readonly counters: Counters;
  /** Where the counters are. */
  readonly cells: Int32Array;
  readonly #words: Int32Array;
  readonly #lock: SharedLock;
  readonly #log: SharedLog;
  /** In the order joined, which is the same in all loops. */
  readonly #parts = new Map<string, Replica>();
  #hasBegun = false;
  /** How deep in `together()` the code at hand is. */
  #depth = 0;
  #rings = false;
  #afterwards: (() => void)[] = [];

  constructor(shared: SharedLoop) {
    this.loop = shared.loop;
    this.cells = cellsOf(shared.memory);
    this.#words = wordsOf(shared.memory);
    this.#lock = new SharedLock(this.#words, shared.loop);
    this.#log = new SharedLog(shared);
    this.counters = new Counters(this);
  }

  /** Takes a part in, by a name that is the same in every loop. */
  join(name: string, part: Replica): void {
    this.#parts.set(name, part);
  }

  leave(name: string): void {
    this.#parts.delete(name);
  }

  /** Every part that is there from the start has joined: what others have done can be applied. */
  begin(): void {
    this.#hasBegun = true;
    this.#listen();
  }

  /** Applies what other loops have done. */
  catchUp(): void {
    if (this.#log.isBehind && this.#hasBegun && this.#depth === 0) this.together(() => {});
  }

  /** Decides something while no other loop does, and knowing all that they did. Blocks meanwhile. */
  together<Result>(act: () => Result): Result {
    if (this.#depth > 0) return act();
    if (!this.#hasBegun) throw new Error("This loop's part in what is shared has not begun");
    this.#lock.acquire();
    this.#depth++;
    try {
      if (this.#log.isBehind) this.#takeNews();
      return act();
    } finally {
      this.#depth--;
      this.#lock.release();
      this.#finish();
    }
  }

  /** Tells the other loops of a change that a part here has made to itself, within `together()`. */
  tell(part: string, change: unknown, { rings }: Telling): void {
    const json = JSON.stringify([part, change]);
    this.#rings ||= rings;
    if (this.#log.append(json)) return;
    this.#log.turn(() => this.dump());
    this.#rings = true;
    if (!this.#log.append(json)) this.tellAll();
  }

  /** Tells the other loops of everything at once, within `together()`. */
  tellAll(): void {
    this.#log.beginAnew(() => this.dump());
    this.#rings = true;
  }

  /** Does what may take its time, or ask for the lock itself, once this loop does not have it. */
  afterwards(act: () => void): void {
    this.#afterwards.push(act);
    if (this.#depth === 0) this.#finish();
  }

  /** Whether another loop has taken on a later revision of the configuration, within `together()`. */
  isOutdated(revision: number): boolean {
    const counter = this.counters.of(JSON.stringify(["revision"]));
    if (revision < counter.get()) return true;
    counter.set(revision);
    return false;
  }

  /** A loop of that number is about to begin, in place of one that was forgotten or anew. */
  expect(loop: number): void {
    this.together(() => {
      this.#log.expect(loop);
      this.tellAll();
    });
  }

  /** A loop has ended. @param settle what it leaves behind, besides its place in the log */
  forget(loop: number, settle: () => void): void {
    this.#lock.releaseFor(loop);
    this.together(() => {
      this.#log.forget(loop);
      settle();
    });
  }

  /** What this loop has of each part, as JSON: what every loop has. */
  dump(): string[] {
    return this.together(() => [...this.#parts].map(([name, part]) => dumpOf(name, part)));
  }

  #takeNews(): void {
    const { snapshot, changes } = this.#log.take();
    if (snapshot !== undefined) this.#restore(snapshot);
    for (const text of changes) {
      for (const [name, change] of JSON.parse(`[${text}]`)) this.#parts.get(name)?.apply(change);
    }
  }

  #restore(snapshot: string): void {
    const dumped = new Map<string, unknown>(JSON.parse(`[${snapshot}]`));
    // Restoring one part may let another join or leave.
    for (const [name, part] of this.#parts) part.restore(dumped.get(name));
  }

  #finish(): void {
    if (this.#rings) {
      this.#rings = false;
      Atomics.add(this.#words, WORDS.bell, 1);
      Atomics.notify(this.#words, WORDS.bell);
    }
    const due = this.#afterwards;
    if (due.length === 0) return;
    this.#afterwards = [];
    for (const act of due) act();
  }

  /** Wakes up when another loop rings. It keeps no process running. */
  #listen(): void {
    const rung = Atomics.load(this.#words, WORDS.bell);
    this.catchUp();
    const { async, value } = Atomics.waitAsync(this.#words, WORDS.bell, rung);
    if (async) value.then(() => this.#listen());
    else queueMicrotask(() => this.#listen());
  }
}

function dumpOf(name: string, part: Replica): string {
  return JSON.stringify([name, part.dump()]);
}

/** Decides something while no other loop does; at once where there is no other. */
export function together<Result>(shared: Shared | undefined, act: () => Result): Result {
  return shared === undefined ? act() : shared.together(act);
}
