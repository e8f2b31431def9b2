/** One route of an explanation: in or out, and why. */
import type { Alias, Route, Snapshot } from "../config/snapshot.ts";
import type { Plan, SkippedRoute, Standing } from "../policy/plan.ts";
import type { Refused } from "../state/health.ts";
import { isCallersOwn, placeOf } from "../state/subjects.ts";
import { type DrillView, drillView } from "./drill_call.ts";
import type { LiveContext } from "./live_routes.ts";

export interface ExplainedRoute {
  /** The alias it belongs to: the one asked for, or one that it falls back to. */
  readonly alias: string;
  readonly backend: string;
  readonly model: string;
  readonly priority: number;
  readonly isIn: boolean;
  /**
   * What decides: `ready`, or `probe` where the next request is the probe of a cooldown that is over;
   * else why it is out: `cooling`, `probing`, `at_capacity`, `out_of_use`; `off` and `format` are the configuration's.
   */
  readonly state: "ready" | "probe" | Refused["cause"] | SkippedRoute["cause"];
  /** Why, in words. */
  readonly why: string;
  /** Undefined where it is in, or nobody knows. */
  readonly backInSeconds: number | undefined;
  readonly inFlight: number;
  /** Undefined for no limit. */
  readonly maxConcurrent: number | undefined;
  /** Undefined where the backend does not fail on purpose. */
  readonly drill: DrillView | undefined;
}

export interface RouteContext extends LiveContext {
  readonly snapshot: Snapshot;
  readonly standing: Standing;
  readonly plan: Plan;
  /** The one asked for. */
  readonly alias: Alias;
}

/** @param index its place in the plan, from 0 */
export function plannedRoute(
  route: Route,
  context: RouteContext & { readonly index: number },
): ExplainedRoute {
  const { state: { health } } = context;
  const refused = health.whyNot(route);
  const isProbe = health.look(route).phase === "half_open";
  return {
    ...common(route, context),
    isIn: refused === undefined,
    state: refused?.cause ?? (isProbe ? "probe" : "ready"),
    why: [refused?.reason, ...(refused === undefined ? whyIn(route, context) : [])]
      .filter(Boolean).join("; "),
    backInSeconds: backIn(refused),
  };
}

/** Undefined where only a person can say, too. */
function backIn(refused: Refused | undefined): number | undefined {
  const seconds = Math.ceil((refused?.retryAfterMs ?? Infinity) / 1000);
  return seconds === Infinity ? undefined : seconds;
}

export function skippedRoute(
  { route, cause, reason }: SkippedRoute,
  context: RouteContext,
): ExplainedRoute {
  const out = { isIn: false, state: cause, why: reason, backInSeconds: undefined };
  return { ...common(route, context), ...out };
}

function common(route: Route, context: RouteContext) {
  const { state } = context;
  const { backend, model, priority } = route;
  const drill = state.drills.of(backend);
  return {
    alias: aliasWith(route, context).name,
    backend: backend.name,
    model,
    priority,
    inFlight: state.health.inFlight(backend),
    maxConcurrent: backend.maxConcurrent === Infinity ? undefined : backend.maxConcurrent,
    drill: drill && drillView(drill, context),
  };
}

function aliasWith(route: Route, { snapshot, alias }: RouteContext): Alias {
  if (alias.routes.includes(route)) return alias;
  return [...snapshot.aliases.values()].find(({ routes }) => routes.includes(route)) ?? alias;
}

function whyIn(route: Route, context: RouteContext & { readonly index: number }): string[] {
  const { state: { health, departures }, snapshot, index } = context;
  const { phase, reason } = health.look(route);
  const { maxAttempts } = snapshot.fallback;
  return [
    phase === "half_open" ? `its cooldown after ${reason} is over: the next request probes it` : "",
    balanceWords(route, context),
    departures.why(route),
    callersOwn(route, context),
    index >= maxAttempts
      ? `only where routes before it are out: max_retries is ${maxAttempts}`
      : "",
  ];
}

/** Keys of callers' own that this asks nothing about: whoever sends one of them goes elsewhere. */
function callersOwn({ backend }: Route, { state: { health, clock } }: RouteContext): string {
  const count = health.cooldowns().filter(({ subject, cooldown }) => {
    return isCallersOwn(subject) && placeOf(subject).backend === backend.name &&
      cooldown.untilMs > clock.monotonicMs();
  }).length;
  if (count === 0) return "";
  return `not for ${count === 1 ? "one caller" : `${count} callers`} whose own key cools there`;
}

/** The numbers that put it in its place among the routes of its priority; empty where it is alone. */
function balanceWords(route: Route, context: RouteContext): string {
  const { standing, plan } = context;
  const alias = aliasWith(route, context);
  const equals = plan.routes.filter((other) => {
    return other.priority === route.priority && alias.routes.includes(other);
  });
  if (equals.length < 2) return "";
  const total = equals.reduce((sum, { weight }) => sum + weight, 0);
  const share = `weight ${route.weight} of ${Math.round(total * 1000) / 1000}`;
  switch (alias.balance) {
    case "weighted":
      return `drawn by weight: ${Math.round(100 * route.weight / total)} % (${share})`;
    case "round_robin":
      return `in turn, turn ${standing.turnOf(alias) + 1} (${share})`;
    case "least_busy":
      return `${standing.inFlight(route.backend)} in flight (${share})`;
    case "fastest": {
      const ms = standing.firstContentMs(route);
      return ms === undefined ? "not measured lately" : `first content in ${Math.round(ms)} ms`;
    }
  }
}
