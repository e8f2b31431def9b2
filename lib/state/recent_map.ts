/**
 * A map of bounded size: what was neither set nor touched for the longest is dropped. Where event
 * loops share it, each has a replica, which is up to date whenever it is read.
 */
import { type Replica, type Shared, together } from "./shared.ts";

export interface Sharing {
  /** Undefined where there is one loop. */
  readonly shared: Shared | undefined;
  /** What it is called among the loops. */
  readonly name: string;
  /** Whether a loop that is idle is woken when another has changed something. */
  readonly rings?: boolean;
  /** Told the key after another loop has changed something, undefined after it was restored. */
  readonly onOthers?: (key: string | undefined) => void;
}

/** `put` leaves an entry where it is in the order, `set` makes it the most recent. */
type Change<Value> =
  | readonly ["set" | "put", string, Value]
  | readonly ["touch" | "delete", string];

const UNSHARED: Sharing = { shared: undefined, name: "" };

type Entries<Value> = readonly (readonly [string, Value])[];

export class RecentMap<Value> implements Replica {
  #entries = new Map<string, Value>();
  readonly #maxEntries: number;
  readonly #shared: Shared | undefined;
  readonly #name: string;
  readonly #rings: boolean;
  readonly #onOthers: (key: string | undefined) => void;

  constructor(maxEntries: number, sharing: Sharing = UNSHARED) {
    this.#maxEntries = maxEntries;
    this.#shared = sharing.shared;
    this.#name = sharing.name;
    this.#rings = sharing.rings ?? false;
    this.#onOthers = sharing.onOthers ?? (() => {});
    this.#shared?.join(this.#name, this);
  }

  get size(): number {
    this.#shared?.catchUp();
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    this.#shared?.catchUp();
    return this.#entries.get(key);
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** The value, which is the most recent now. */
  touch(key: string): Value | undefined {
    const value = this.get(key);
    if (value !== undefined) this.#change(["touch", key]);
    return value;
  }

  set(key: string, value: Value): void {
    this.#change(["set", key, value]);
  }

  /** Sets a value without making it the most recent. */
  put(key: string, value: Value): void {
    this.#change(["put", key, value]);
  }

  /** Whether it was there. */
  delete(key: string): boolean {
    return this.has(key) && this.#change(["delete", key]);
  }

  /** Sets many that are older than what is there, as one change. */
  setOlder(older: Entries<Value>): void {
    if (older.length === 0) return;
    together(this.#shared, () => {
      const newer = [...this.#entries];
      for (const [key, value] of [...older, ...newer]) this.#do(["set", key, value]);
      this.#shared?.tellAll();
    });
  }

  /** Drops every value that does not pass. */
  retain(passes: (value: Value, key: string) => boolean): void {
    for (const [key, value] of this.entries()) {
      if (!passes(value, key)) this.delete(key);
    }
  }

  /** The oldest first. */
  entries(): Iterable<[string, Value]> {
    this.#shared?.catchUp();
    return this.#entries.entries();
  }

  /** Takes in what other loops have done, as any look at it does. */
  catchUp(): void {
    this.#shared?.catchUp();
  }

  /** From now on what other loops do to it is not followed. */
  leave(): void {
    this.#shared?.leave(this.#name);
  }

  apply(change: Change<Value>): void {
    if (this.#do(change)) this.#onOthers(change[1]);
  }

  dump(): Entries<Value> {
    return [...this.#entries];
  }

  restore(entries: Entries<Value> | undefined): void {
    this.#entries = new Map(entries);
    this.#onOthers(undefined);
  }

  #change(change: Change<Value>): boolean {
    const shared = this.#shared;
    if (shared === undefined) return this.#do(change);
    return shared.together(() => {
      const isChanged = this.#do(change);
      if (isChanged) shared.tell(this.#name, change, { rings: this.#rings });
      return isChanged;
    });
  }

  /** Whether it changed anything: the same in every loop. */
  #do(change: Change<Value>): boolean {
    const [how, key] = change;
    if (how === "set") return this.#move(key, change[2]);
    if (how === "put") return this.#entries.set(key, change[2]) !== undefined;
    if (how === "delete") return this.#entries.delete(key);
    const value = this.#entries.get(key);
    return value !== undefined && this.#move(key, value);
  }

  #move(key: string, value: Value): true {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#maxEntries) this.#dropOldest();
    return true;
  }

  #dropOldest(): void {
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}
