/** Numbers that change with every request. Those of one name are one, whichever event loop asks. */
import { RecentMap } from "./recent_map.ts";
import type { Shared } from "./shared.ts";

export class Counter {
  readonly #cells: Int32Array;
  readonly #index: number;

  constructor(cells: Int32Array, index: number) {
    this.#cells = cells;
    this.#index = index;
  }

  get(): number {
    return Atomics.load(this.#cells, this.#index);
  }

  set(value: number): void {
    Atomics.store(this.#cells, this.#index, value);
  }

  /** What it was before. */
  add(what: number): number {
    return Atomics.add(this.#cells, this.#index, what);
  }
}

export class Counters {
  /** The cell of each name. */
  readonly #agreed: RecentMap<number>;
  readonly #counters = new Map<string, Counter>();
  readonly #shared: Shared | undefined;

  constructor(shared?: Shared) {
    this.#shared = shared;
    this.#agreed = new RecentMap(Infinity, { shared, name: "counters" });
  }

  /** It begins at 0. */
  of(name: string): Counter {
    const known = this.#counters.get(name);
    if (known !== undefined) return known;
    const counter = this.#sharedOf(name) ?? new Counter(new Int32Array(1), 0);
    this.#counters.set(name, counter);
    return counter;
  }

  /** The names of all that any loop has asked for. */
  names(): string[] {
    const own = this.#counters.keys();
    const agreed = [...this.#agreed.entries()].map(([name]) => name);
    return [...new Set([...own, ...agreed])];
  }

  /** Undefined where nothing is shared, or more names than cells: each loop counts for itself. */
  #sharedOf(name: string): Counter | undefined {
    const shared = this.#shared;
    return shared?.together(() => {
      const { cells } = shared;
      const index = this.#agreed.get(name) ?? this.#agreed.size;
      if (index >= cells.length) return undefined;
      if (!this.#agreed.has(name)) this.#agreed.put(name, index);
      return new Counter(cells, index);
    });
  }
}
