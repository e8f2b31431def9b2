/** Attempts on each backend that have not ended, and how many of them each event loop has made. */
import type { Backend } from "../config/snapshot.ts";
import { type Counter, Counters } from "./counters.ts";
import type { Shared } from "./shared.ts";

type Named = Pick<Backend, "name">;

interface Counts {
  readonly all: Counter;
  /** This loop's. */
  readonly own: Counter;
}

export class InFlight {
  readonly #counters: Counters;
  readonly #loop: number;
  readonly #counts = new Map<string, Counts>();

  constructor(shared: Shared | undefined) {
    this.#counters = shared?.counters ?? new Counters();
    this.#loop = shared?.loop ?? 0;
  }

  of(backend: Named): number {
    return this.#countsOf(backend).all.get();
  }

  begin(backend: Named): void {
    const { all, own } = this.#countsOf(backend);
    all.add(1);
    own.add(1);
  }

  /** Where none is in flight, nothing happens. */
  end(backend: Named): void {
    const { all, own } = this.#countsOf(backend);
    if (own.get() <= 0) return;
    own.add(-1);
    all.add(-1);
  }

  /** The attempts of a loop that has ended are over. */
  forget(loop: number): void {
    for (const name of this.#counters.names()) {
      const [what, backend, whose] = JSON.parse(name);
      if (what !== "in_flight" || whose !== loop) continue;
      const theirs = this.#counters.of(name);
      this.#countsOf({ name: backend }).all.add(-theirs.get());
      theirs.set(0);
    }
  }

  #countsOf({ name }: Named): Counts {
    const known = this.#counts.get(name);
    if (known !== undefined) return known;
    const all = this.#counters.of(JSON.stringify(["in_flight", name]));
    const own = this.#counters.of(JSON.stringify(["in_flight", name, this.#loop]));
    const counts = { all, own };
    this.#counts.set(name, counts);
    return counts;
  }
}
