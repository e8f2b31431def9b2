/** The order in which a call's routes are tried. */
import type { Alias, Route, Snapshot } from "../config/snapshot.ts";
import { balanced, type Circumstances } from "./balance.ts";
import type { Call } from "./identify.ts";

/** Advice: each attempt still asks health whether its route may be tried now. */
export interface Plan {
  /** No two of them lead to the same model of the same backend. */
  readonly routes: readonly Route[];
  /** None that stands among the routes too. */
  readonly skipped: readonly SkippedRoute[];
}

export interface SkippedRoute {
  readonly route: Route;
  readonly reason: string;
}

/** What the order depends on besides the call. */
export interface Standing extends Circumstances {
  /** For the aliases of `fallbackTo`. */
  readonly snapshot: Snapshot;
  /** Where the conversation belongs; undefined when nowhere. */
  readonly home: Home | undefined;
}

/** Whether there is anything to choose: a second route, or a second key. */
export function hasChoice({ routes, fallbackTo }: Alias): boolean {
  return routes.length > 1 || fallbackTo.length > 0 ||
    routes.some(({ backend }) => backend.auth === "inject" && backend.keys.length > 1);
}

/** Where a conversation belongs. */
export interface Home {
  /** The name of a backend. */
  readonly backend: string;
  /** That backend's name for the model; undefined for any of its models. */
  readonly model: string | undefined;
  /** For a person. */
  readonly why: string;
}

/**
 * The enabled routes of the call's alias, then those of the aliases it falls back to. The home comes
 * before all: a warm conversation is not pulled back when a better route recovers.
 */
export function planFor(call: Call, standing: Standing): Plan {
  const aliases = reachable(call.alias, standing.snapshot);
  const all = aliases.length === 1
    ? enabledOf(call.alias, standing)
    : aliases.flatMap((alias) => enabledOf(alias, standing));
  const routes = distinct(all);
  return { routes: homeFirst(routes, standing.home), skipped: skippedOf(aliases, routes) };
}

/** The alias and those it falls back to, depth first, each once. */
function reachable(alias: Alias, snapshot: Snapshot): readonly Alias[] {
  const found = [alias];
  for (const name of alias.fallbackTo) follow(name, snapshot, found);
  return found;
}

function follow(name: string, snapshot: Snapshot, found: Alias[]): void {
  const alias = snapshot.aliases.get(name);
  if (alias === undefined || found.some((other) => other.name === alias.name)) return;
  found.push(alias);
  for (const next of alias.fallbackTo) follow(next, snapshot, found);
}

/** An alias's enabled routes in the order of its balance. */
function enabledOf(alias: Alias, standing: Standing): readonly Route[] {
  const isOn = (route: Route) => whyOut(route, alias) === undefined;
  const routes = alias.routes.every(isOn) ? alias.routes : alias.routes.filter(isOn);
  return balanced(routes, alias, standing);
}

function whyOut(route: Route, alias: Alias): string | undefined {
  if (!alias.enabled) return `the alias ${alias.name} is turned off (enabled: false)`;
  if (!route.enabled) return "the route is turned off (enabled: false)";
  if (!route.backend.enabled) return "the backend is turned off (enabled: false)";
  return undefined;
}

/** Without those that would be a retry of an earlier one. */
function distinct(routes: readonly Route[]): readonly Route[] {
  const isNew = (route: Route, index: number) => indexOfSame(routes, route) === index;
  return routes.every(isNew) ? routes : routes.filter(isNew);
}

function skippedOf(aliases: readonly Alias[], planned: readonly Route[]): readonly SkippedRoute[] {
  const skipped: SkippedRoute[] = [];
  for (const alias of aliases) {
    for (const route of alias.routes) {
      const reason = whyOut(route, alias);
      if (reason === undefined) continue;
      const isKnown = indexOfSame(planned, route) >= 0 ||
        skipped.some((other) => isSame(other.route, route));
      if (!isKnown) skipped.push({ route, reason });
    }
  }
  return skipped;
}

function homeFirst(routes: readonly Route[], home: Home | undefined): readonly Route[] {
  if (home === undefined) return routes;
  const there = routes.filter(({ backend }) => backend.name === home.backend);
  const first = there.find(({ model }) => model === home.model) ?? there[0];
  return first === undefined ? routes : [first, ...routes.filter((route) => route !== first)];
}

function indexOfSame(routes: readonly Route[], route: Route): number {
  for (let index = 0; index < routes.length; index++) {
    if (isSame(routes[index]!, route)) return index;
  }
  return -1;
}

/** Whether two routes lead to the same model of the same backend: trying both would be a retry. */
function isSame(a: Route, b: Route): boolean {
  return a === b || (a.backend.name === b.backend.name && a.model === b.model);
}
