/** What a verdict says of a route's health. */
import type { FallbackSettings } from "../config/snapshot.ts";
import type { Finding } from "../state/health.ts";
import type { Outcome } from "../wire/outcome.ts";
import { errorClassOfReply } from "./error_class.ts";
import type { Hint } from "./cooldown_length.ts";
import { type HintBounds, noMoneyHint, retryHint } from "./hints.ts";
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
  const hint = hintOf(outcome, { nowMs, maxMs: maxCooldownMs });
  return { kind: "failed", cool, row, reason, hint, isLasting: isLasting(verdict, outcome) };
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
  options: HintBounds,
): Hint | undefined {
  if (outcome.kind === "fault") return undefined;
  const hint = retryHint(outcome, options);
  if (hint !== undefined || errorClassOfReply(outcome).kind !== "no_money") return hint;
  return noMoneyHint(options.maxMs);
}
