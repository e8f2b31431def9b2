/** The order in which cooling routes are tried when nothing better is left. */
import type { Cooldown } from "./cooldown.ts";

/** What keeps a route out now: its own cooldown, its backend's, its pool's. */
export type Holding = readonly Cooldown[];

/** A backend that names a wait longer than this is taken at its word while others are untried. */
const LONG_HINT_MS = 60_000;

/**
 * Which of two cooling routes is the better last resort: negative for the first. One that only a person
 * can mend comes after all others, one whose backend has asked for a long wait that is not over after
 * those that have not; then the one tried longest ago, then the one that recovers soonest.
 *
 * @param nowMs on the clock of the cooldowns
 */
export function compareLastResorts(one: Holding, other: Holding, nowMs: number): number {
  return rankOf(one, nowMs) - rankOf(other, nowMs) ||
    latest(one, "triedAtMs") - latest(other, "triedAtMs") ||
    latest(one, "untilMs") - latest(other, "untilMs");
}

function rankOf(holding: Holding, nowMs: number): number {
  if (holding.some(({ isLasting }) => isLasting)) return 2;
  const asksForLong = holding.some(({ why, untilMs }) =>
    why.kind === "asked" && untilMs - nowMs > LONG_HINT_MS
  );
  return asksForLong ? 1 : 0;
}

function latest(holding: Holding, instant: "triedAtMs" | "untilMs"): number {
  return Math.max(0, ...holding.map((cooldown) => cooldown[instant]));
}
