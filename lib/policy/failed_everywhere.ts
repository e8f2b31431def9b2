/** When one request fails everywhere, the backends are the least likely to blame. */
import type { HealthChange } from "../state/health.ts";
import type { FailedAttempt } from "./exhausted.ts";

/** Cooldowns that such a request began last at most this long. */
export const FAILED_EVERYWHERE_MS = 10_000;

/**
 * The cooldowns to shorten: all that two or more attempts began, where every one of them failed in a
 * way that the request itself, or our own network, may well be to blame for: no connection, no reply,
 * or a 5xx without a hint. Envoy calls it the query of death: one such request must not bench every
 * backend. A drill's failures are no sign of one, nor are those of routes that were cooling before.
 */
export function toEase(failed: readonly FailedAttempt[]): readonly HealthChange[] {
  const real = failed.filter(({ isDrill, isLastResort }) => !isDrill && !isLastResort);
  const isQueryOfDeath = real.length > 1 && real.every(maybeOurs);
  return isQueryOfDeath ? real.map(({ change }) => change) : [];
}

function maybeOurs({ row, outcome, finding }: FailedAttempt): boolean {
  if (outcome.kind === "fault") return row === 2 || (row >= 4 && row <= 6);
  return outcome.status >= 500 && finding.kind === "failed" && finding.hint === undefined;
}
