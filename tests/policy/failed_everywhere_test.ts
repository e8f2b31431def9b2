import assert from "node:assert/strict";
import { AS_SET } from "../../lib/policy/cooldown_length.ts";
import type { FailedAttempt } from "../../lib/policy/exhausted.ts";
import { toEase } from "../../lib/policy/failed_everywhere.ts";
import { findingOf } from "../../lib/policy/finding.ts";
import { judge } from "../../lib/policy/judge.ts";
import type { HealthChange } from "../../lib/state/health.ts";
import type { Inspection } from "../../lib/wire/inspection.ts";
import type { FaultCode, Outcome } from "../../lib/wire/outcome.ts";
import { backendOf, FALLBACK, routeOf } from "../routing.ts";
import { errorJson, faultOf, replyOf } from "./replies.ts";
import { COUNTING, PASSTHROUGH } from "./verdicts.ts";

/** An attempt that failed like this, and cooled what its verdict says. */
function failed(outcome: Outcome, circumstances = PASSTHROUGH): FailedAttempt {
  const verdict = judge(outcome, circumstances);
  assert.ok(verdict.action === "fallback", `row ${verdict.row}`);
  const finding = findingOf(verdict, outcome, { ...FALLBACK, nowMs: 0 });
  const times = { startedAtMs: 0, untilMs: 1, triedAtMs: 0, lengthMs: 1, doublings: 0 };
  const cooldown = { ...times, why: AS_SET, isLasting: false, row: 4, reason: "" };
  const cooled = { kind: "cooled", forMs: 300_000, subject: "", cooldown } as const;
  const change: HealthChange = { ...cooled, scope: verdict.cool };
  const kind = { isDrill: false, isLastResort: false };
  return { ...verdict, route: routeOf(backendOf("b")), outcome, finding, change, ...kind };
}

const RESET = failed(faultOf("connection_lost"));
const BUSY = failed(replyOf(503));

Deno.test("toEase() gives what attempts began that failed by rows 4 to 6 or by a 5xx", () => {
  const codes: FaultCode[] = [
    "connect_failed",
    "connect_timeout",
    "connection_lost",
    "invalid_reply",
    "first_byte_timeout",
  ];
  const attempts = [...codes.map((code) => failed(faultOf(code))), BUSY, failed(replyOf(520))];
  assert.deepEqual(toEase(attempts), attempts.map(({ change }) => change));
});

Deno.test("toEase() gives none of a request that was tried only once", () => {
  assert.deepEqual(toEase([]), []);
  assert.deepEqual(toEase([RESET]), []);
  assert.deepEqual(toEase([BUSY]), []);
});

Deno.test("toEase() takes failures of a drill and of what was cooling before for no sign, and eases none of them", () => {
  const drilled = { ...RESET, isDrill: true };
  const wasCooling = { ...RESET, isLastResort: true };
  for (const other of [drilled, wasCooling]) {
    assert.deepEqual(toEase([other, BUSY]), []);
    assert.deepEqual(toEase([other, BUSY, RESET]), [BUSY.change, RESET.change]);
  }
});

const MISSHAPEN: Inspection = { kind: "wrong_kind", what: "an HTML page" };

/** Failures that are the backend's own. */
const TELLING: Readonly<Record<string, FailedAttempt>> = {
  "a 429": failed(replyOf(429)),
  "a 402": failed(replyOf(402)),
  "a 503 with Retry-After": failed(replyOf(503, { headers: [["retry-after", "7"]] })),
  "a 500 without money": failed(replyOf(500, { text: errorJson({ code: "insufficient_quota" }) })),
  "a refused key": failed(replyOf(401), { ...PASSTHROUGH, auth: "inject" }),
  "an error pattern": failed(replyOf(404, { text: errorJson({ code: "rate_limit" }) })),
  "HTML in a 200": failed(replyOf(200, { inspection: MISSHAPEN })),
  "an error event": failed(replyOf(200, { inspection: { kind: "error_event" } })),
};

for (const [what, telling] of Object.entries(TELLING)) {
  Deno.test(`toEase() gives none where one of the attempts failed by ${what}`, () => {
    assert.deepEqual(toEase([RESET, telling]), []);
    assert.deepEqual(toEase([telling, BUSY, RESET]), []);
  });
}

Deno.test("toEase() takes a counting call's 5xx, which cooled nothing, for no reason either way", () => {
  const attempts = [500, 503].map((status) => {
    return failed(replyOf(status), { ...PASSTHROUGH, operation: COUNTING });
  });
  assert.deepEqual(attempts.map(({ finding }) => finding.kind === "failed" && finding.cool), [
    "nothing",
    "nothing",
  ]);
  assert.equal(toEase(attempts).length, 2);
});
