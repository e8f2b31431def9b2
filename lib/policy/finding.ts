/** What a verdict says of a route's health. */
import type { FallbackSettings } from "../config/snapshot.ts";
import type { Finding } from "../state/health.ts";
import type { Outcome } from "../wire/outcome.ts";
import { errorClassOfReply } from "./error_class.ts";
import { retryHintMs } from "./hints.ts";
import type { Answer, Verdict } from "./judge.ts";

/**
 * An answer clears a route, a fallback cools what the verdict names for as long as the reply asked, and
 * a caller who left, a request that could not be sent or a stream that only lives so far says nothing.
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
    return { kind: isAnswer(verdict.answer) ? "answered" : "nothing" };
  }
  const { cool, row, reason } = verdict;
  const hintMs = hintOf(outcome, { nowMs, maxMs: maxCooldownMs });
  return { kind: "failed", cool, row, reason, hintMs, isLasting: isLasting(verdict, outcome) };
}

/** Whether a backend has answered; of a stream without content, only its end can tell. */
export function isAnswer(answer: Answer): boolean {
  return answer.kind === "reply" && answer.reply.inspection.kind !== "alive";
}

/** A key that is refused, or an account without money, is so until a person does something. */
function isLasting({ row }: Verdict, outcome: Outcome): boolean {
  return row === REFUSED_KEY ||
    (outcome.kind === "reply" && errorClassOfReply(outcome).kind === "no_money");
}

/** The row of the table of failures. */
const REFUSED_KEY = 9;

function hintOf(
  outcome: Outcome,
  options: { readonly nowMs: number; readonly maxMs: number },
): number | undefined {
  if (outcome.kind === "fault") return undefined;
  const noMoney = errorClassOfReply(outcome).kind === "no_money" ? options.maxMs : undefined;
  return retryHintMs(outcome, options) ?? noMoney;
}
