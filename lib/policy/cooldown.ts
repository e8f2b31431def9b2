/** When something that failed may be tried again. Instants are milliseconds on a monotonic clock. */
import { AS_SET, type Hint, type LengthReason } from "./cooldown_length.ts";

export interface Cooldown {
  readonly startedAtMs: number;
  readonly untilMs: number;
  /** How long it was set for; a failed probe doubles it. */
  readonly lengthMs: number;
  /** How often in a row a failed probe has doubled it. */
  readonly doublings: number;
  /** When an attempt last failed under it. */
  readonly triedAtMs: number;
  /** Why it is as long as it is. */
  readonly why: LengthReason;
  /** Whether only a person can mend it: a refused key, an account without money. */
  readonly isLasting: boolean;
  /** The row of the table of failures that decided. */
  readonly row: number;
  /** Why, in words. */
  readonly reason: string;
}

/** closed: in use · open: cooling · half_open: the cooldown is over, one probe will tell. */
export type Phase = "closed" | "open" | "half_open";

export interface CooldownSettings {
  readonly cooldownMs: number;
  readonly maxCooldownMs: number;
}

export interface CooledFailure {
  readonly row: number;
  readonly reason: string;
  /** How long the backend asked for, already clamped; undefined when it did not say. */
  readonly hint: Hint | undefined;
  /** Whether only a person can mend it. */
  readonly isLasting: boolean;
  /** How the attempt that failed had come to be. */
  readonly attempt: AttemptKind;
  readonly attemptStartedAtMs: number;
  readonly nowMs: number;
}

/** last_resort: the route was cooling, and nothing better was left. */
export type AttemptKind = "regular" | "probe" | "last_resort";

export function phaseOf(cooldown: Cooldown | undefined, nowMs: number): Phase {
  if (cooldown === undefined) return "closed";
  return nowMs < cooldown.untilMs ? "open" : "half_open";
}

/**
 * The cooldown after a failure. A failed probe doubles the last one, a hint beats doubling, a last
 * resort changes nothing without a hint, and an attempt begun before the cooldown says nothing new.
 */
export function nextCooldown(
  last: Cooldown | undefined,
  failure: CooledFailure,
  settings: CooldownSettings,
): Cooldown | undefined {
  if (last !== undefined && failure.attemptStartedAtMs < last.startedAtMs) return last;
  const { hint, nowMs, row, reason, isLasting } = failure;
  if (failure.attempt === "last_resort" && hint === undefined) return last;
  const failedProbe = failure.attempt === "probe" ? last : undefined;
  const doublings = hint === undefined && failedProbe ? failedProbe.doublings + 1 : 0;
  const mostMs = Math.max(settings.maxCooldownMs, settings.cooldownMs);
  const { ms: wantedMs, why } = hint ?? ownLength(failedProbe, { ...settings, mostMs, doublings });
  const lengthMs = Math.min(wantedMs, mostMs);
  if (lengthMs <= 0) return undefined;
  const times = { startedAtMs: nowMs, untilMs: nowMs + lengthMs, triedAtMs: nowMs, lengthMs };
  return { ...times, doublings, why, isLasting, row, reason };
}

/** The length where the backend asks for none: the configured one, or twice that of a failed probe. */
function ownLength(
  failedProbe: Cooldown | undefined,
  { cooldownMs, mostMs, doublings }: Pick<CooldownSettings, "cooldownMs"> & {
    readonly mostMs: number;
    readonly doublings: number;
  },
): Hint {
  const doubledMs = (failedProbe?.lengthMs ?? 0) * 2;
  if (doubledMs <= cooldownMs) return { ms: cooldownMs, why: AS_SET };
  const bound = doubledMs > mostMs ? "most" : "none";
  return { ms: doubledMs, why: { kind: "doubled", failures: doublings + 1, bound } };
}
