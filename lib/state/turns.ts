/** Whose turn it is among the routes of an alias. */
import type { Alias, Snapshot } from "../config/snapshot.ts";
import { type Counter, Counters } from "./counters.ts";
import type { Shared } from "./shared.ts";

export class Turns {
  readonly #counters: Counters;

  constructor(shared?: Shared) {
    this.#counters = shared?.counters ?? new Counters();
  }

  /** The number of an alias's next turn, from 0; each look takes one. */
  next(alias: Alias): number {
    return this.#taken(alias).add(1) >>> 0;
  }

  /** The number of an alias's next turn, without taking it. */
  peek(alias: Alias): number {
    return this.#taken(alias).get() >>> 0;
  }

  /** Forgets the aliases that the snapshot does not have; the others go on where they were. */
  retain({ aliases }: Snapshot): void {
    for (const counter of this.#counters.names()) {
      const [what, name] = JSON.parse(counter);
      if (what === "turn" && !aliases.has(name)) this.#counters.of(counter).set(0);
    }
  }

  #taken({ name }: Pick<Alias, "name">): Counter {
    return this.#counters.of(JSON.stringify(["turn", name]));
  }
}
