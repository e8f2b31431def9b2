/** The routes of an alias in the order in which they are tried. */
import type { DraftRoute } from "./draft.ts";
import type { ImportedAlias } from "./model.ts";
import { evenWeights } from "./weights.ts";

/** A way to share the load, where there is any to share. */
export function shared(routes: ImportedAlias["routes"], balance: ImportedAlias["balance"]) {
  const isShared = new Set(routes.map(({ priority }) => priority)).size < routes.length;
  return { routes, balance: isShared ? balance : "weighted" as const };
}

/** Ranks as priorities from 1, and one route where several are the same. */
export function inTiers(routes: readonly DraftRoute[]): ImportedAlias["routes"] {
  const ranks = [...new Set(routes.map(({ rank }) => rank))].sort((one, other) => one - other);
  return ranks.flatMap((rank, index) => {
    const tier = routes.filter((route) => route.rank === rank);
    const weights = evenWeights(tier.map(({ weight }) => weight));
    const merged = new Map<
      string,
      { backend: string; model: string; priority: number; weight: number }
    >();
    tier.forEach(({ backend, model }, at) => {
      const key = JSON.stringify([backend, model]);
      const before = merged.get(key)?.weight ?? 0;
      const weight = Math.min(1_000_000, before + (weights[at] ?? 1));
      merged.set(key, { backend, model, priority: index + 1, weight });
    });
    return [...merged.values()];
  });
}
