/** Everything that outlives a request: made once, passed down, owned by nobody else. */
import type { Snapshot } from "../config/snapshot.ts";
import type { Log } from "../record/general_log.ts";
import { History } from "../record/history.ts";
import { Journal } from "../record/journal.ts";
import { Affinity } from "./affinity.ts";
import type { Clock } from "./clock.ts";
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
  readonly timings: Timings;
  readonly turns: Turns;
  readonly affinity: Affinity;
  readonly storedIds: StoredIds;
  readonly pools: Pools;
  readonly journal: Journal;
  readonly history: History;
  readonly log: Log;
}

export interface StateOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

export function createState({ clock, random, log }: StateOptions): State {
  const journal = new Journal({ clock, log });
  const info = (line: string) => log.info(line);
  const warn = (line: string) => log.warn(line);
  const history = new History({ now: clock.now, info, warn });
  journal.watch({ onAttempt() {}, onEnd: (entry) => history.add(entry) });
  const storedIds = new StoredIds({ now: clock.now, warn });
  return {
    clock,
    random,
    health: new Health(clock),
    timings: new Timings(clock),
    turns: new Turns(),
    affinity: new Affinity({ ...clock, storedIds }),
    storedIds,
    pools: new Pools(),
    journal,
    history,
    log,
  };
}

/** Drops what a new configuration no longer has. */
export function adopt(state: State, next: Snapshot, previous: Snapshot): void {
  state.health.retain(next, previous);
  state.timings.retain(next);
  state.turns.retain(next);
  state.affinity.retain(next);
  state.storedIds.configure(next);
  state.history.configure(next);
  state.pools.retain(next);
}
