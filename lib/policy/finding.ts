/** What a verdict says of a route's health. */
import type { FallbackSettings } from "../config/snapshot.ts";
import type { Finding } from "../state/health.ts";
import type { Outcome } from "../wire/outcome.ts";
import { errorClassOfReply } from "./error_class.ts";
import { retryHintMs } from "./hints.ts";
import type { Verdict } from "./judge.ts";

/**
 * An answer clears a route, a fallback cools what the verdict names for as long as the reply asked,
 * and a caller who left or a request that could not be sent says nothing.
 *
 * @param nowMs the wall clock, in milliseconds since the epoch, for dates that backends send
 */
export function findingOf(
  verdict: Verdict,
  outcome: Outcome,
  { nowMs, maxCooldownMs }: { readonly nowMs: number } & FallbackSettings,
): Finding {
  if (verdict.action === "abandon") return { kind: "nothing" };
  if (verdict.action === "relay") {
    return { kind: verdict.answer.kind === "reply" ? "answered" : "nothing" };
  }
  const { cool, row, reason } = verdict;
  const hintMs = hintOf(outcome, { nowMs, maxMs: maxCooldownMs });
  return { kind: "failed", cool, row, reason, hintMs };
}

function hintOf(
  outcome: Outcome,
  options: { readonly nowMs: number; readonly maxMs: number },
): number | undefined {
  if (outcome.kind === "fault") return undefined;
  const noMoney = errorClassOfReply(outcome).kind === "no_money" ? options.maxMs : undefined;
  return retryHintMs(outcome, options) ?? noMoney;
}
