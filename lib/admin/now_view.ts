/** How things stand: backends and routes with their health and the figures of the last minutes. */
import type { Alias, Backend, Route, Snapshot } from "../config/snapshot.ts";
import type { ShedReason } from "../policy/overload.ts";
import { backendSubject, routeSubject } from "../state/subjects.ts";
import type { AdminContext } from "./context.ts";
import { type CooldownView, cooldownViews } from "./cooldown_view.ts";
import { ALL } from "./observer.ts";
import type { Reload } from "./reloads.ts";
import type { Figures, Series } from "./window.ts";

/**
 * ready · cooling · half_open: its cooldown is over, the next request tries it · out_of_use: by hand ·
 * disabled: by the configuration · full: at its max_concurrent
 */
export type Condition = "ready" | "cooling" | "half_open" | "out_of_use" | "disabled" | "full";

export interface BackendView {
  readonly name: string;
  readonly condition: Condition;
  readonly inFlight: number;
  /** Undefined where there is no cap. */
  readonly maxConcurrent: number | undefined;
  readonly figures: Figures;
  readonly series: Series;
}

export interface RouteView {
  readonly backend: string;
  readonly model: string;
  readonly priority: number;
  readonly weight: number;
  readonly condition: Condition;
  /** Of its own, its backend's or its key's cooldown, the longest; 0 where none is open. */
  readonly remainingMs: number;
  readonly reason: string;
  readonly isOutOfUse: boolean;
  readonly figures: Figures;
}

export interface AliasView {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly balance: string;
  readonly fallbackTo: readonly string[];
  readonly routes: readonly RouteView[];
}

export interface NowView {
  readonly version: string;
  readonly revision: number;
  readonly startedAtMs: number;
  readonly nowMs: number;
  readonly isDraining: boolean;
  readonly inFlight: number;
  /** Requests turned away since the start because there was too much to do. */
  readonly shed: Readonly<Record<ShedReason, number>>;
  readonly figures: Figures;
  readonly series: Series;
  readonly backends: readonly BackendView[];
  readonly aliases: readonly AliasView[];
  readonly cooldowns: readonly CooldownView[];
  /** Further ones, of models' names and keys that callers made up. */
  readonly moreCooldowns: number;
  readonly reload: Reload;
  readonly hasHistory: boolean;
}

export function nowView(context: AdminContext): NowView {
  const { state, live, window, reloads, version, startedAt } = context;
  const snapshot = context.current();
  const cooling = cooldownViews(context);
  return {
    version,
    revision: snapshot.revision,
    startedAtMs: startedAt.getTime(),
    nowMs: state.clock.now().getTime(),
    isDraining: context.isDraining(),
    inFlight: live.openCount,
    shed: state.load.shed,
    figures: window.figures(ALL),
    series: window.series(ALL),
    backends: [...snapshot.backends.values()].map((each) => backendView(each, context)),
    aliases: aliasesOf(snapshot).map((each) => aliasView(each, context)),
    cooldowns: cooling.views,
    moreCooldowns: cooling.left,
    reload: reloads.last,
    hasHistory: snapshot.history.file !== "",
  };
}

function aliasesOf({ aliases }: Snapshot): Alias[] {
  return [...aliases.values()];
}

function backendView(backend: Backend, { state, window }: AdminContext): BackendView {
  const inFlight = state.health.inFlight(backend);
  const subject = backendSubject(backend);
  const { phase } = state.health.lookAt(backend);
  const condition = !backend.enabled ? "disabled" : conditionOf(phase, isFull(backend, inFlight));
  return {
    name: backend.name,
    condition,
    inFlight,
    maxConcurrent: backend.maxConcurrent === Infinity ? undefined : backend.maxConcurrent,
    figures: window.figures(subject),
    series: window.series(subject),
  };
}

function aliasView(alias: Alias, context: AdminContext): AliasView {
  const byPriority = alias.routes.toSorted((a, b) => a.priority - b.priority);
  return {
    name: alias.name,
    isEnabled: alias.enabled,
    balance: alias.balance,
    fallbackTo: alias.fallbackTo,
    routes: byPriority.map((route) => routeView(route, alias, context)),
  };
}

function routeView(route: Route, alias: Alias, { state, window }: AdminContext): RouteView {
  const { backend, model, priority, weight } = route;
  const { phase, untilMs, reason } = state.health.look(route);
  const isOutOfUse = state.health.outOfUse.has(route);
  const isEnabled = alias.enabled && route.enabled && backend.enabled;
  const seen = conditionOf(phase, isFull(backend, state.health.inFlight(backend)));
  return {
    backend: backend.name,
    model,
    priority,
    weight,
    condition: !isEnabled ? "disabled" : isOutOfUse ? "out_of_use" : seen,
    remainingMs: Math.max(0, untilMs - state.clock.monotonicMs()),
    reason: phase === "closed" ? "" : reason,
    isOutOfUse,
    figures: window.figures(routeSubject(route)),
  };
}

function conditionOf(phase: "closed" | "open" | "half_open", full: boolean): Condition {
  if (phase === "open") return "cooling";
  if (full) return "full";
  return phase === "half_open" ? "half_open" : "ready";
}

function isFull({ maxConcurrent }: Backend, inFlight: number): boolean {
  return inFlight >= maxConcurrent;
}
