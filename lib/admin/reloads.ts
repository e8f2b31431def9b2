/** What became of the last time the configuration was read. */
import type { Problem } from "../config/problem.ts";
import type { Snapshot } from "../config/snapshot.ts";
import type { Clock } from "../state/clock.ts";

export interface Reload {
  readonly atMs: number;
  /** Of the configuration in force afterwards. */
  readonly revision: number;
  /** Why it was not put in force; empty where it was. */
  readonly problems: readonly Problem[];
}

export class Reloads {
  readonly #now: Clock["now"];
  #last: Reload;

  constructor({ revision }: Snapshot, { now }: Pick<Clock, "now">) {
    this.#now = now;
    this.#last = this.#report(revision, []);
  }

  get last(): Reload {
    return this.#last;
  }

  loaded({ revision }: Snapshot): void {
    this.#last = this.#report(revision, []);
  }

  failed(problems: readonly Problem[]): void {
    this.#last = this.#report(this.#last.revision, problems);
  }

  #report(revision: number, problems: readonly Problem[]): Reload {
    return { atMs: this.#now().getTime(), revision, problems };
  }
}
