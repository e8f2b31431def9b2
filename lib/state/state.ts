/** Everything that outlives a request: made once, passed down, owned by nobody else. */
import settings from "../../deno.json" with { type: "json" };
import type { Snapshot } from "../config/snapshot.ts";
import { Pools, type ProxyFor } from "../connections/pools.ts";
import type { GeneralLog, Log } from "../record/general_log.ts";
import type { MemoryFigures } from "../policy/overload.ts";
import { History } from "../record/history.ts";
import { Journal } from "../record/journal.ts";
import type { MainLoop } from "../record/main_loop.ts";
import { Metrics } from "../record/metrics.ts";
import type { WriteFiles } from "../record/new_files.ts";
import { OwnConnections } from "../system/own_connections.ts";
import { RequestRedactors } from "../record/request_redactors.ts";
import { tracesWanted } from "../record/traces.ts";
import { Affinity } from "./affinity.ts";
import { CallerKeys } from "./caller_keys.ts";
import type { Clock } from "./clock.ts";
import { Departures } from "./departures.ts";
import { Drills } from "./drills.ts";
import { Health } from "./health.ts";
import { Load } from "./load.ts";
import { RefusalLines } from "./refusal_lines.ts";
import { Shared, together } from "./shared.ts";
import { portsOf, type SharedLoop } from "./shared_memory.ts";
import { ShortageLines } from "./shortage_lines.ts";
import { StoredIds } from "./stored_ids.ts";
import { Timings } from "./timings.ts";
import { Turns } from "./turns.ts";

export interface State {
  /** What this event loop has in common with others; undefined where there is one. */
  readonly shared: Shared | undefined;
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
  readonly departures: Departures;
  readonly callerKeys: CallerKeys;
  readonly storedIds: StoredIds;
  readonly pools: Pools;
  /** Those to backends, by which one that comes back to us is known. */
  readonly ownConnections: OwnConnections;
  readonly shortages: ShortageLines;
  /** Of requests that came to nothing before they had a record. */
  readonly refusals: RefusalLines;
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
  /** This event loop's part in what several share; default: there is one loop. */
  readonly shared?: SharedLoop | undefined;
  /** Who keeps records, where that is another event loop. */
  readonly main?: MainLoop;
  /** What request logs are written with; default by the runtime, one by one. */
  readonly write?: WriteFiles;
  /** Whether directories of request logs are claimed for this process; default not. */
  readonly claims?: boolean;
  /** How much memory is in use; default what V8 says. */
  readonly memory?: () => MemoryFigures;
}

export function createState(options: StateOptions): State {
  const { clock, random, log, proxyFor, main, write, claims, memory } = options;
  const shared = options.shared && new Shared(options.shared);
  const ownConnections = new OwnConnections(options.shared && portsOf(options.shared.memory));
  const redactors = new RequestRedactors();
  const journal = new Journal({ clock, log, main, write, redactors, claims });
  const info = (line: string) => log.info(line);
  const warn = (line: string) => log.warn(line);
  const history = new History({ now: clock.now, info, warn, main, redactors });
  const drills = new Drills({ ...clock, shared });
  const health = new Health({ ...clock, drills, shared });
  const load = new Load({ ...clock, log, memory, shared });
  const metrics = new Metrics({
    version: settings.version,
    loop: shared?.loop ?? 0,
    requestsInFlight: () => journal.openRequests,
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
  const storedIds = new StoredIds({ now: clock.now, warn, shared });
  const timings = new Timings({ ...clock, shared });
  const affinity = new Affinity({ ...clock, storedIds, shared });
  const departures = new Departures({ ...clock, shared });
  shared?.begin();
  return {
    shared,
    clock,
    random,
    load,
    health,
    drills,
    timings,
    turns: new Turns(shared),
    affinity,
    departures,
    callerKeys: new CallerKeys(),
    storedIds,
    pools: new Pools(proxyFor, ownConnections),
    ownConnections,
    shortages: new ShortageLines({ ...clock, log }),
    refusals: new RefusalLines({ log }),
    journal,
    metrics,
    history,
    log,
  };
}

/**
 * Drops what a new configuration no longer has. Of what several event loops share, nothing is dropped
 * by a loop that is behind: another has a later revision already.
 */
export function adopt(state: State, next: Snapshot, previous: Snapshot): void {
  together(state.shared, () => {
    if (state.shared?.isOutdated(next.revision)) return;
    state.health.retain(next, previous);
    state.drills.retain(next);
    state.timings.retain(next);
    state.turns.retain(next);
    state.affinity.retain(next);
    state.departures.retain(next);
  });
  state.storedIds.configure(next);
  state.journal.configure(next);
  state.history.configure(next);
  state.pools.retain(next);
  state.metrics.configure(next);
}

/**
 * Another event loop is about to begin, where none of that number was expected from the start or it
 * was forgotten. To be called before it makes its state.
 */
export function expectLoop({ shared }: State, loop: number): void {
  shared?.expect(loop);
}

/** Another event loop has ended: its probes and its attempts in flight are over. */
export function forgetLoop({ shared, health, load }: State, loop: number): void {
  shared?.forget(loop, () => {
    health.forget(loop);
    load.forget(loop);
  });
}
