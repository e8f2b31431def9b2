/** Whose turn it is among the routes of an alias. */
import type { Alias, Snapshot } from "../config/snapshot.ts";

export class Turns {
  readonly #taken = new Map<string, number>();

  /** The number of an alias's next turn, from 0; each look takes one. */
  next({ name }: Alias): number {
    const turn = this.#taken.get(name) ?? 0;
    this.#taken.set(name, turn + 1);
    return turn;
  }

  /** The number of an alias's next turn, without taking it. */
  peek({ name }: Alias): number {
    return this.#taken.get(name) ?? 0;
  }

  /** Forgets the aliases that the snapshot does not have; the others go on where they were. */
  retain({ aliases }: Snapshot): void {
    for (const name of this.#taken.keys()) {
      if (!aliases.has(name)) this.#taken.delete(name);
    }
  }
}
