/** A map of bounded size: what was neither set nor touched for the longest is dropped. */

export class RecentMap<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #maxEntries: number;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  /** The value, which is the most recent now. */
  touch(key: string): Value | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) this.#move(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    this.#move(key, value);
    if (this.#entries.size <= this.#maxEntries) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  /** Drops every value that does not pass. */
  retain(passes: (value: Value) => boolean): void {
    for (const [key, value] of this.#entries) {
      if (!passes(value)) this.#entries.delete(key);
    }
  }

  /** The oldest first. */
  entries(): Iterable<[string, Value]> {
    return this.#entries.entries();
  }

  #move(key: string, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
  }
}
