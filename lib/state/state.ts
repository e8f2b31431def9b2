/** Everything that outlives a request: made once, passed down, owned by nobody else. */
import type { Snapshot } from "../config/snapshot.ts";
import type { Log } from "../record/general_log.ts";
import { Journal } from "../record/journal.ts";
import { Affinity } from "./affinity.ts";
import { CallerKeys } from "./caller_keys.ts";
import type { Clock } from "./clock.ts";
import { Drills } from "./drills.ts";
import { Health } from "./health.ts";
import { Pools } from "./pools.ts";
import { StoredIds } from "./stored_ids.ts";
import { Timings } from "./timings.ts";
import { Turns } from "./turns.ts";

export interface State {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly health: Health;
  readonly drills: Drills;
  readonly timings: Timings;
  readonly turns: Turns;
  readonly affinity: Affinity;
  readonly callerKeys: CallerKeys;
  readonly storedIds: StoredIds;
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
  const drills = new Drills(clock);
  const storedIds = new StoredIds({ now: clock.now, warn: (line) => log.warn(line) });
  return {
    clock,
    random,
    health: new Health({ ...clock, drills }),
    drills,
    timings: new Timings(clock),
    turns: new Turns(),
    affinity: new Affinity({ ...clock, storedIds }),
    callerKeys: new CallerKeys(),
    storedIds,
    pools: new Pools(),
    journal,
    log,
  };
}

/** Drops what a new configuration no longer has. */
export function adopt(state: State, next: Snapshot, previous: Snapshot): void {
  state.health.retain(next, previous);
  state.drills.retain(next);
  state.timings.retain(next);
  state.turns.retain(next);
  state.affinity.retain(next);
  state.storedIds.configure(next);
  state.pools.retain(next);
}
