/** How routes of the same priority share the load. */
import type { Alias, Backend, Route } from "../config/snapshot.ts";
import { rotationAt } from "./rotation.ts";

/** What is known of routes beyond one request, and chance. */
export interface Circumstances {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** How many plans an alias has had; each look counts one. */
  readonly turnOf: (alias: Alias) => number;
  /** Attempts in flight on a backend. */
  readonly inFlight: (backend: Backend) => number;
  /** Smoothed time to first content of a route, in ms; undefined when it is not known (any more). */
  readonly firstContentMs: (route: Route) => number | undefined;
}

/** These routes of an alias: smaller priorities first, equals by its balance, then by weighted draw. */
export function balanced(
  routes: readonly Route[],
  alias: Alias,
  circumstances: Circumstances,
): readonly Route[] {
  const order = byPriority(routes);
  drawAmongEquals(order, circumstances.random);
  switch (alias.balance) {
    case "weighted":
      return order;
    case "round_robin":
      return ranked(order, placesInTurn(routes, circumstances.turnOf(alias)));
    case "least_busy":
      return ranked(order, ({ backend, weight }) => circumstances.inFlight(backend) / weight);
    case "fastest":
      return ranked(order, (route) => speedRank(route, circumstances));
  }
}

/**
 * A time that is not known comes before every one that is, so that the route gets measured: but by one
 * call, not by all that arrive meanwhile.
 */
function speedRank(route: Route, { firstContentMs, inFlight }: Circumstances): number {
  const isBeingMeasured = inFlight(route.backend) > 0;
  return firstContentMs(route) ?? (isBeingMeasured ? Number.MAX_VALUE : -1);
}

/** The smallest ranks first within each priority; where they are equal the order stays. */
function ranked(order: Route[], rankOf: (route: Route) => number): readonly Route[] {
  const ranks = new Map(order.map((route) => [route, rankOf(route)]));
  return order.sort((a, b) => a.priority - b.priority || ranks.get(a)! - ranks.get(b)!);
}

/** The place of each route among those of its priority at this turn. */
function placesInTurn(routes: readonly Route[], turn: number): (route: Route) => number {
  const places = new Map<Route, number>();
  for (const equals of Map.groupBy(routes, ({ priority }) => priority).values()) {
    const order = rotationAt(equals.map(({ weight }) => weight), turn);
    order.forEach((index, place) => places.set(equals[index]!, place));
  }
  return (route) => places.get(route)!;
}

/** By insertion, which is faster than a sort for the few routes that an alias has. */
function byPriority(routes: readonly Route[]): Route[] {
  const order = routes.slice();
  for (let next = 1; next < order.length; next++) {
    const route = order[next]!;
    let at = next;
    for (; at > 0 && order[at - 1]!.priority > route.priority; at--) order[at] = order[at - 1]!;
    order[at] = route;
  }
  return order;
}

/** Shuffles each run of one priority: a weighted draw without replacement. */
function drawAmongEquals(order: Route[], random: () => number): void {
  for (let at = 0; at < order.length - 1; at++) {
    const drawn = drawnFrom(order, at, random);
    const route = order[drawn]!;
    order[drawn] = order[at]!;
    order[at] = route;
  }
}

/** The index of one of the routes of this priority from here on, each as likely as its weight. */
function drawnFrom(order: readonly Route[], from: number, random: () => number): number {
  const { priority } = order[from]!;
  let total = 0;
  let end = from;
  for (; end < order.length && order[end]!.priority === priority; end++) {
    total += order[end]!.weight;
  }
  if (end - from === 1) return from;
  let left = random() * total;
  for (let index = from; index < end - 1; index++) {
    left -= order[index]!.weight;
    if (left < 0) return index;
  }
  return end - 1;
}
