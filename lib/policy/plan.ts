/** The order in which a call's routes are tried. */
import type { Route } from "../config/snapshot.ts";
import type { Call } from "./identify.ts";

/** Advice: each attempt still asks health whether its route may be tried now. */
export interface Plan {
  readonly routes: readonly Route[];
  readonly skipped: readonly SkippedRoute[];
}

export interface SkippedRoute {
  readonly route: Route;
  readonly reason: string;
}

/**
 * The enabled routes, smaller priorities first; among equals a weighted draw without replacement.
 *
 * @param random uniform in [0, 1)
 */
export function planFor(call: Call, { random }: { readonly random: () => number }): Plan {
  const routes: Drawn[] = [];
  const skipped: SkippedRoute[] = [];
  for (const route of call.alias.routes) {
    const reason = whyOut(route);
    if (reason === undefined) routes.push({ route, draw: draw(route.weight, random()) });
    else skipped.push({ route, reason });
  }
  routes.sort((a, b) => a.route.priority - b.route.priority || a.draw - b.draw);
  return { routes: routes.map(({ route }) => route), skipped };
}

interface Drawn {
  readonly route: Route;
  readonly draw: number;
}

/**
 * An exponential variate with the weight as its rate: the smallest of several belongs to each route
 * in proportion to its weight (Efraimidis and Spirakis, 2006).
 */
function draw(weight: number, uniform: number): number {
  return -Math.log(1 - uniform) / weight;
}

function whyOut(route: Route): string | undefined {
  if (!route.enabled) return "the route is turned off (enabled: false)";
  if (!route.backend.enabled) return "the backend is turned off (enabled: false)";
  return undefined;
}
