import assert from "node:assert/strict";
import { findingOf } from "../../lib/policy/finding.ts";
import type { Verdict } from "../../lib/policy/judge.ts";
import type { Outcome } from "../../lib/wire/outcome.ts";
import { FALLBACK } from "../routing.ts";
import { errorJson, faultOf, replyOf } from "./replies.ts";

const NOW_MS = Date.parse("2026-03-01T12:00:00Z");

const FALL_BACK: Verdict = {
  row: 12,
  reason: "status 429",
  action: "fallback",
  cool: "route",
  ifLast: "as_it_came",
  movesOn: true,
};

function finding(verdict: Verdict, outcome: Outcome) {
  return findingOf(verdict, outcome, { ...FALLBACK, nowMs: NOW_MS });
}

function hintMs(outcome: Outcome): number | undefined {
  const found = finding(FALL_BACK, outcome);
  return found.kind === "failed" ? found.hint?.ms : assert.fail(found.kind);
}

Deno.test("findingOf() clears a route that answered, whatever the status", () => {
  for (const status of [200, 302, 404]) {
    const reply = replyOf(status);
    const answer = { kind: "reply" as const, reply };
    const verdict: Verdict = { row: 0, reason: "", action: "relay", answer };
    assert.deepEqual(finding(verdict, reply), { kind: "answered" });
  }
});

Deno.test("findingOf() says nothing of a route whose request could not be sent", () => {
  const problem = { status: 400, code: "request_refused", message: "" };
  const answer = { kind: "problem" as const, problem };
  const verdict: Verdict = { row: 3, reason: "", action: "relay", answer };
  assert.deepEqual(finding(verdict, faultOf("request_refused")), { kind: "nothing" });
});

Deno.test("findingOf() says nothing of a route whose caller went away", () => {
  const verdict: Verdict = { row: 1, reason: "", action: "abandon" };
  assert.deepEqual(finding(verdict, faultOf("caller_left")), { kind: "nothing" });
});

Deno.test("findingOf() cools what the verdict names, for its reason", () => {
  assert.deepEqual(finding(FALL_BACK, replyOf(429)), {
    kind: "failed",
    cool: "route",
    row: FALL_BACK.row,
    reason: "status 429",
    hint: undefined,
    isLasting: false,
  });
});

Deno.test("findingOf() takes the reply's hint, a date by the wall clock", () => {
  const dated = [["Retry-After", "Sun, 01 Mar 2026 12:00:30 GMT"]] as const;
  assert.equal(hintMs(replyOf(503, { headers: dated })), 30_000);
});

Deno.test("findingOf() bounds a hint by max_cooldown_seconds", () => {
  assert.equal(hintMs(replyOf(429, { headers: [["retry-after", "493200"]] })), 3_600_000);
});

Deno.test("findingOf() cools an account without money for the maximum, unless it says when", () => {
  const text = errorJson({ code: "insufficient_quota" });
  assert.equal(hintMs(replyOf(429, { text })), 3_600_000);
  assert.equal(hintMs(replyOf(429, { text, headers: [["retry-after", "60"]] })), 60_000);
});

Deno.test("findingOf() takes the hint of an error in a 200", () => {
  const text = errorJson({ resets_in_seconds: 12 });
  for (const kind of ["error_body", "error_event"] as const) {
    assert.equal(hintMs(replyOf(200, { text, inspection: { kind } })), 12_000);
  }
});

Deno.test("findingOf() finds no hint where there was no reply", () => {
  assert.equal(hintMs(faultOf("connect_failed")), undefined);
});
