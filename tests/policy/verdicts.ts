/** Verdicts in a line, and the circumstances they are made in. */
import type { Operation } from "../../lib/dialect/event_format.ts";
import { operationOf } from "../../lib/dialect/operations.ts";
import { type Circumstances, judge, type Verdict } from "../../lib/policy/judge.ts";
import type { FaultCode } from "../../lib/wire/outcome.ts";
import type { Inspection } from "../../lib/wire/inspection.ts";
import { detectionOf } from "../routing.ts";
import { faultOf, replyOf } from "./replies.ts";

export const INFERENCE = operationOf("POST", "/v1/chat/completions");
export const COUNTING = operationOf("POST", "/v1/messages/count_tokens");
/** A call that may create something. */
export const CREATING: Operation | undefined = operationOf("POST", "/v1/batches");

/** The first attempt of an inference call, on a backend that passes the caller's credential on. */
export const PASSTHROUGH: Circumstances = {
  detection: detectionOf("rate_limit", "无可用渠道", "/upstream \\d{3}/"),
  auth: "passthrough",
  firstAttempt: true,
  otherKeys: 0,
  operation: INFERENCE,
  upgrade: false,
  origin: {
    hasCallersKey: () => true,
    wrote: (name) => name === "ours",
    sends: (name) => name === "theirs",
  },
};
export const LATER: Circumstances = { ...PASSTHROUGH, firstAttempt: false };
export const LAST_KEY: Circumstances = { ...PASSTHROUGH, auth: "inject" };
export const ONE_MORE_KEY: Circumstances = { ...LAST_KEY, otherKeys: 1 };

/**
 * A verdict in one line: `row 12: fallback, cools the route, else as it came`; `row 12: the last,
 * cools …` where no other route gets its chance.
 */
export function words(verdict: Verdict): string {
  const { row } = verdict;
  switch (verdict.action) {
    case "abandon":
      return `row ${row}: abandon`;
    case "fallback": {
      const next = verdict.movesOn ? "fallback" : "the last";
      const ifLast = String(verdict.ifLast).replaceAll("_", " ");
      return `row ${row}: ${next}, cools the ${verdict.cool}, else ${ifLast}`;
    }
    case "relay":
      return verdict.answer.kind === "reply"
        ? `row ${row}: relay ${verdict.answer.reply.status}`
        : `row ${row}: answer ${verdict.answer.problem.status} ourselves`;
  }
}

export function onFault(code: FaultCode, circumstances = PASSTHROUGH): string {
  return words(judge(faultOf(code), circumstances));
}

export function onStatus(status: number, circumstances = PASSTHROUGH, text = ""): string {
  return words(judge(replyOf(status, { text }), circumstances));
}

/** The verdict on a 200 of which a look showed this. */
export function onSight(inspection: Inspection, circumstances = PASSTHROUGH): string {
  return words(judge(replyOf(200, { text: "?", inspection }), circumstances));
}
