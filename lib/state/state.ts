/** Everything that outlives a request: made once, passed down, owned by nobody else. */
import type { Snapshot } from "../config/snapshot.ts";
import type { Log } from "../record/general_log.ts";
import { Journal } from "../record/journal.ts";
import type { Clock } from "./clock.ts";
import { Health } from "./health.ts";
import { Pools } from "./pools.ts";

export interface State {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly health: Health;
  readonly pools: Pools;
  readonly journal: Journal;
  readonly log: Log;
}

export interface StateOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

export function createState({ clock, random, log }: StateOptions): State {
  const journal = new Journal({ clock, log });
  return { clock, random, health: new Health(clock), pools: new Pools(), journal, log };
}

/** Drops what a new configuration no longer has. */
export function adopt(state: State, next: Snapshot, previous: Snapshot): void {
  state.health.retain(next, previous);
  state.pools.retain(next);
}
