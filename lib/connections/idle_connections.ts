/** Connections that wait for a request: the one used last is taken first, so that the others can go. */

/** A connection, as far as it waits. */
export interface Idle {
  /** Since when, by `performance.now()`. */
  idleSinceMs: number;
  /** Until when. */
  readonly deadlineMs: number;
  readonly isOpen: boolean;
  destroy(): void;
}

/** A call that may create something, and so can never be repeated, takes none that has waited for longer. */
const FRESH_MS = 1_000;

/** Most that wait for one backend. */
const MAX_OF_ONE = 256;

/** How many wait for all backends together, each with a descriptor and a few kB. */
export class IdleRoom {
  readonly #most: number;
  #taken = 0;

  constructor(most = 1_024) {
    this.#most = most;
  }

  get isFull(): boolean {
    return this.#taken > this.#most;
  }

  add(connections: number): void {
    this.#taken += connections;
  }
}

export class IdleConnections<Connection extends Idle> {
  /** The one that has waited longest stands first. */
  readonly #waiting: Connection[] = [];
  readonly #room: IdleRoom;

  constructor(room: IdleRoom) {
    this.#room = room;
  }

  /** One more; where there are too many, the one that has waited longest goes. */
  add(connection: Connection, nowMs = performance.now()): void {
    connection.idleSinceMs = nowMs;
    this.#waiting.push(connection);
    this.#room.add(1);
    if (this.#waiting.length <= MAX_OF_ONE && !this.#room.isFull) return;
    this.#room.add(-1);
    this.#waiting.shift()?.destroy();
  }

  /** An open one, fresh if it must be; undefined where there is none. */
  take({ mustBeFresh }: { readonly mustBeFresh: boolean }): Connection | undefined {
    const nowMs = performance.now();
    for (let last = this.#waiting.at(-1); last !== undefined; last = this.#waiting.at(-1)) {
      const isStale = !last.isOpen || last.deadlineMs <= nowMs;
      // Those before it have waited for longer still.
      if (!isStale && mustBeFresh && nowMs - last.idleSinceMs >= FRESH_MS) return undefined;
      this.#waiting.pop();
      this.#room.add(-1);
      if (!isStale) return last;
      last.destroy();
    }
    return undefined;
  }

  /** It has ended. */
  remove(connection: Connection): void {
    const at = this.#waiting.indexOf(connection);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    this.#room.add(-1);
  }

  /** Ends them all. */
  clear(): void {
    this.#room.add(-this.#waiting.length);
    for (const connection of this.#waiting.splice(0)) connection.destroy();
  }
}
