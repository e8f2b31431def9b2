/** Shares of the load, in numbers that ours takes. */

/** The least that a route can have beside others: it is asked when those fail. */
const ALMOST_NONE = 0.001;
const MOST = 1_000_000;

/**
 * Weights above 0 and up to a million, in the same proportion; all 1 where none is above 0. One without
 * a weight beside others that have one gets next to nothing.
 */
export function evenWeights(given: readonly (number | undefined)[]): readonly number[] {
  const known = given.map((weight) => weight !== undefined && weight > 0 ? weight : 0);
  const most = Math.max(...known, 0);
  if (most === 0) return given.map(() => 1);
  const factor = most > MOST ? MOST / most : 1;
  return known.map((weight) => Math.max(ALMOST_NONE, rounded(weight * factor)));
}

/** Without the noise of fractions, and never in the form 1e-7. */
function rounded(weight: number): number {
  return Math.round(weight * 1000) / 1000;
}
