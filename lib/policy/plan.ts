/** The order in which a call's routes are tried. */
import type { Alias, Route, Snapshot } from "../config/snapshot.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { balanced, type Circumstances } from "./balance.ts";
import { leftLast, type SecondChoice } from "./departure.ts";
import type { Call } from "./identify.ts";

/** Advice: each attempt still asks health whether its route may be tried now. */
export interface Plan {
  /** No two of them lead to the same model of the same backend. */
  readonly routes: readonly Route[];
  /** None that stands among the routes too. */
  readonly skipped: readonly SkippedRoute[];
}

export interface SkippedRoute extends WhyOut {
  readonly route: Route;
}

interface WhyOut {
  /** off: somebody turned it off. format: its backend does not speak the call's dialect. */
  readonly cause: "off" | "format";
  readonly reason: string;
}

/** What the order depends on besides the call. */
export interface Standing extends Circumstances {
  /** For the aliases of `fallbackTo`. */
  readonly snapshot: Snapshot;
  /** Where the conversation belongs; undefined when nowhere. */
  readonly home: Home | undefined;
  /** What this conversation should try last. */
  readonly secondChoices: readonly SecondChoice[];
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
 * before all: a warm conversation is not pulled back when a better route recovers. But what the caller
 * has left in silence comes after all, be it home.
 */
export function planFor(call: Call, standing: Standing): Plan {
  const { routes: [only], fallbackTo } = call.alias;
  if (only !== undefined && call.alias.routes.length === 1 && fallbackTo.length === 0) {
    return planOfOne(only, call);
  }
  const aliases = reachable(call.alias, standing.snapshot);
  const whyNot = (route: Route, alias: Alias) => whyOut(route, alias, call.dialect);
  const all = aliases.length === 1
    ? usableOf(call.alias, whyNot, standing)
    : aliases.flatMap((alias) => usableOf(alias, whyNot, standing));
  const routes = distinct(all);
  const skipped = skippedOf(aliases, whyNot, routes);
  const warm = homeFirst(routes, standing.home);
  return { routes: leftLast(warm, standing.secondChoices), skipped };
}

/** Most aliases have one route, and nothing to put into order. */
function planOfOne(route: Route, { alias, dialect }: Call): Plan {
  const why = whyOut(route, alias, dialect);
  return why === undefined
    ? { routes: alias.routes, skipped: [] }
    : { routes: [], skipped: [{ route, ...why }] };
}

/** Whether a call does not begin where it belongs: what others refuse, its home may yet take. */
export function leavesHome(
  { home, secondChoices }: Pick<Standing, "home" | "secondChoices">,
): boolean {
  return home !== undefined && secondChoices.some(({ backend, model }) => {
    return backend === home.backend && (home.model ?? model) === model;
  });
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

type WhyNot = (route: Route, alias: Alias) => WhyOut | undefined;

/** The routes of an alias that the call may take, in the order of its balance. */
function usableOf(alias: Alias, whyNot: WhyNot, standing: Standing): readonly Route[] {
  const isIn = (route: Route) => whyNot(route, alias) === undefined;
  const routes = alias.routes.every(isIn) ? alias.routes : alias.routes.filter(isIn);
  return balanced(routes, alias, standing);
}

function whyOut(route: Route, alias: Alias, { name }: Dialect): WhyOut | undefined {
  const { enabled, dialects } = route.backend;
  if (!alias.enabled) return off(`the alias ${alias.name} is turned off (enabled: false)`);
  if (!route.enabled) return off("the route is turned off (enabled: false)");
  if (!enabled) return off("the backend is turned off (enabled: false)");
  if (dialects === undefined || dialects.includes(name)) return undefined;
  const reason = `it takes the format of ${dialects.join(" and ")}, and this call is in ${name}'s`;
  return { cause: "format", reason };
}

function off(reason: string): WhyOut {
  return { cause: "off", reason };
}

/** Without those that would be a retry of an earlier one. */
function distinct(routes: readonly Route[]): readonly Route[] {
  const isNew = (route: Route, index: number) => indexOfSame(routes, route) === index;
  return routes.every(isNew) ? routes : routes.filter(isNew);
}

function skippedOf(
  aliases: readonly Alias[],
  whyNot: WhyNot,
  planned: readonly Route[],
): readonly SkippedRoute[] {
  const skipped: SkippedRoute[] = [];
  for (const alias of aliases) {
    for (const route of alias.routes) {
      const why = whyNot(route, alias);
      if (why === undefined) continue;
      const isKnown = indexOfSame(planned, route) >= 0 ||
        skipped.some((other) => isSame(other.route, route));
      if (!isKnown) skipped.push({ route, ...why });
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
