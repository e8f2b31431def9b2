/** The metrics that are not counted as things happen but looked at when somebody asks. */
import type { Backend, Route, Snapshot } from "../config/snapshot.ts";
import type { ShedReason } from "../policy/overload.ts";
import type { MetricRegistry } from "./metric_registry.ts";
import { METRIC_SHAPES } from "./metric_shapes.ts";
import { processFigures } from "./process_figures.ts";

/** Where records get lost. */
export type RecordKind = "request_log" | "history" | "general_log";

/** Where to look. */
export interface MetricSources {
  readonly version: string;
  /** Which of the event loops this is; 0 is the main one. */
  readonly loop: number;
  readonly requestsInFlight: () => number;
  /** Of request bodies. */
  readonly heldBytes: () => number;
  /** Since the start, by why. */
  readonly requestsShed: () => Readonly<Record<ShedReason, number>>;
  readonly attemptsInFlight: (backend: Backend) => number;
  readonly isCooling: (route: Route) => boolean;
  /** Since the start. */
  readonly recordsLost: () => Readonly<Partial<Record<RecordKind, number>>>;
}

/** @param current what is in force; undefined until anything is */
export function showStanding(
  registry: MetricRegistry,
  sources: MetricSources,
  current: () => Snapshot | undefined,
): void {
  const { inFlight, revision, buildInfo, recordsLost } = METRIC_SHAPES;
  registry.shownGauge(inFlight, (gauge) => gauge.set(sources.requestsInFlight()));
  registry.shownGauge(METRIC_SHAPES.heldBytes, (gauge) => gauge.set(sources.heldBytes()));
  registry.shownCounter(METRIC_SHAPES.shed, (counter) => {
    for (const [reason, shed] of Object.entries(sources.requestsShed())) {
      counter.inc({ reason }, shed);
    }
  });
  registry.shownGauge(revision, (gauge) => gauge.set(current()?.revision ?? 0));
  registry.shownGauge(buildInfo, (gauge) => gauge.set({ version: sources.version }, 1));
  registry.shownCounter(recordsLost, (counter) => {
    for (const [record, lost] of Object.entries(sources.recordsLost())) {
      counter.inc({ record }, lost);
    }
  });
  showBackends(registry, sources, current);
  showProcess(registry);
}

function showBackends(
  registry: MetricRegistry,
  { attemptsInFlight, isCooling }: MetricSources,
  current: () => Snapshot | undefined,
): void {
  const backends = () => [...current()?.backends.values() ?? []];
  registry.shownGauge(METRIC_SHAPES.backendInFlight, (gauge) => {
    for (const backend of backends()) {
      gauge.set({ backend: backend.name }, attemptsInFlight(backend));
    }
  });
  registry.shownGauge(METRIC_SHAPES.coolingRoutes, (gauge) => {
    for (const { name } of backends()) gauge.set({ backend: name }, 0);
    for (const route of distinctRoutes(current())) {
      if (isCooling(route)) gauge.inc({ backend: route.backend.name });
    }
  });
}

function showProcess(registry: MetricRegistry): void {
  const { cpuSeconds, residentBytes, startTime } = METRIC_SHAPES;
  registry.shownCounter(cpuSeconds, (counter) => counter.inc(processFigures().cpuSeconds));
  registry.shownGauge(residentBytes, (gauge) => gauge.set(processFigures().residentBytes));
  registry.shownGauge(startTime, (gauge) => gauge.set(processFigures().startTimeSeconds));
}

/** Each backend's model once, whichever aliases lead to it. */
function distinctRoutes(snapshot: Snapshot | undefined): Iterable<Route> {
  const all = [...snapshot?.aliases.values() ?? []].flatMap(({ routes }) => routes);
  const keyOf = ({ backend, model }: Route) => JSON.stringify([backend.name, model]);
  return new Map(all.map((route) => [keyOf(route), route])).values();
}
