/** Everything that outlives a request: made once, passed down, owned by nobody else. */
import settings from "../../deno.json" with { type: "json" };
import type { Snapshot } from "../config/snapshot.ts";
import type { GeneralLog, Log } from "../record/general_log.ts";
import type { MemoryFigures } from "../policy/overload.ts";
import { History } from "../record/history.ts";
import { Journal } from "../record/journal.ts";
import { Metrics } from "../record/metrics.ts";
import { tracesWanted } from "../record/traces.ts";
import { Affinity } from "./affinity.ts";
import { CallerKeys } from "./caller_keys.ts";
import type { Clock } from "./clock.ts";
import { Drills } from "./drills.ts";
import { Health } from "./health.ts";
import { Load } from "./load.ts";
import { Pools, type ProxyFor } from "./pools.ts";
import { StoredIds } from "./stored_ids.ts";
import { Timings } from "./timings.ts";
import { Turns } from "./turns.ts";

export interface State {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Whether more can be taken on. */
  readonly load: Load;
  readonly health: Health;
  readonly drills: Drills;
  readonly timings: Timings;
  readonly turns: Turns;
  readonly affinity: Affinity;
  readonly callerKeys: CallerKeys;
  readonly storedIds: StoredIds;
  readonly pools: Pools;
  readonly journal: Journal;
  readonly metrics: Metrics;
  readonly history: History;
  readonly log: Log;
}

export interface StateOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log & Pick<GeneralLog, "dropped">;
  /** What the environment says of proxies; default nothing. */
  readonly proxyFor?: ProxyFor;
  /** How much memory is in use; default what V8 says. */
  readonly memory?: () => MemoryFigures;
}

export function createState(
  { clock, random, log, proxyFor, memory }: StateOptions,
): State {
  const journal = new Journal({ clock, log });
  const info = (line: string) => log.info(line);
  const warn = (line: string) => log.warn(line);
  const history = new History({ now: clock.now, info, warn });
  const drills = new Drills(clock);
  const health = new Health({ ...clock, drills });
  const load = new Load({ ...clock, log, memory });
  const metrics = new Metrics({
    version: settings.version,
    requestsInFlight: () => load.inFlight,
    heldBytes: () => load.heldBytes,
    requestsShed: () => load.shed,
    attemptsInFlight: (backend) => health.inFlight(backend),
    isCooling: (route) => health.look(route).phase === "open",
    recordsLost: () => ({
      request_log: journal.lost,
      general_log: log.dropped,
      history: history.lost,
    }),
  });
  journal.watch(load);
  journal.watch(metrics);
  const traces = tracesWanted(settings.version);
  if (traces !== undefined) journal.watch(traces);
  journal.watch({ onAttempt() {}, onEnd: (entry) => history.add(entry) });
  const storedIds = new StoredIds({ now: clock.now, warn });
  return {
    clock,
    random,
    load,
    health,
    drills,
    timings: new Timings(clock),
    turns: new Turns(),
    affinity: new Affinity({ ...clock, storedIds }),
    callerKeys: new CallerKeys(),
    storedIds,
    pools: new Pools(proxyFor),
    journal,
    metrics,
    history,
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
  state.journal.configure(next);
  state.history.configure(next);
  state.pools.retain(next);
  state.metrics.configure(next);
}
