/** Rows 7 and 15 to 18 of the table: what a look at a 200 showed. */
import assert from "node:assert/strict";
import { judge } from "../../lib/policy/judge.ts";
import { type Inspection, PASSED } from "../../lib/wire/inspection.ts";
import { detectionOf } from "../routing.ts";
import { errorJson, replyOf } from "./replies.ts";
import {
  COUNTING,
  LAST_KEY,
  LATER,
  ONE_MORE_KEY,
  onSight,
  onStatus,
  PASSTHROUGH,
} from "./verdicts.ts";

const RAN_OUT: Inspection = { kind: "no_content", waitedMs: 180_000 };

/** What may show, the row that decides on it, and what the caller sees if nothing better comes. */
const SHOWN: readonly (readonly [Inspection, row: number, ifLast: string])[] = [
  [{ kind: "error_body" }, 15, "as it came"],
  [{ kind: "wrong_kind", what: "an HTML page" }, 16, "502"],
  [{ kind: "wrong_kind", what: "an empty body" }, 16, "502"],
  [{ kind: "cut_short", detail: "ECONNRESET" }, 17, "502"],
  [{ kind: "error_event" }, 18, "as it came"],
  [{ kind: "malformed_event", what: '"data"' }, 18, "502"],
  [{ kind: "ended_early", detail: "the stream was over" }, 18, "502"],
  [RAN_OUT, 18, "504"],
];

for (const [shown, row, ifLast] of SHOWN) {
  Deno.test(`judge() row ${row}: ${shown.kind} cools the route and is given as ${ifLast}`, () => {
    for (const circumstances of [PASSTHROUGH, LATER, LAST_KEY, ONE_MORE_KEY]) {
      const verdict = `row ${row}: fallback, cools the route, else ${ifLast}`;
      assert.equal(onSight(shown, circumstances), verdict);
    }
  });
}

Deno.test("judge() row 7: an error in a 200 of a counting call cools nothing", () => {
  for (const auth of [PASSTHROUGH, LATER, LAST_KEY, ONE_MORE_KEY]) {
    const verdict = onSight({ kind: "error_body" }, { ...auth, operation: COUNTING });
    assert.equal(verdict, "row 7: fallback, cools the nothing, else as it came");
  }
});

Deno.test("judge() row 7: nothing that a 200 of a counting call shows cools anything", () => {
  for (const [shown] of SHOWN) {
    const verdict = onSight(shown, { ...PASSTHROUGH, operation: COUNTING });
    assert.match(verdict, /^row 7: fallback, cools the nothing, else (?:as it came|50[24])$/);
  }
  assert.equal(onSight(PASSED, { ...PASSTHROUGH, operation: COUNTING }), "row 0: relay 200");
});

Deno.test("judge() rows 15 to 18: are not for the operator to turn off", () => {
  const detection = { ...detectionOf(), errorCodes: new Set<number>() };
  assert.match(onSight({ kind: "error_body" }, { ...PASSTHROUGH, detection }), /^row 15: fallback/);
});

Deno.test("judge() row 12: a 200 in error_codes is judged by its status first", () => {
  const detection = { ...detectionOf(), errorCodes: new Set([200]) };
  const verdict = onStatus(200, { ...PASSTHROUGH, detection });
  assert.equal(verdict, "row 12: fallback, cools the route, else as it came");
});

Deno.test("judge() row 15: is the row, although the error matches a pattern", () => {
  const text = errorJson({ code: "rate_limit" });
  const reply = replyOf(200, { text, inspection: { kind: "error_body" } });
  assert.equal(judge(reply, PASSTHROUGH).row, 15);
});

Deno.test("judge() tells what a look showed", () => {
  const reasons = SHOWN.map(([inspection]) => {
    return judge(replyOf(200, { inspection }), PASSTHROUGH).reason;
  });
  assert.deepEqual(reasons, [
    "status 200, but its JSON is an error",
    "status 200, but what came is an HTML page",
    "status 200, but what came is an empty body",
    "status 200, but its JSON broke off (ECONNRESET)",
    "status 200, but an error event came before any content",
    'status 200, but an event is no JSON: "data"',
    "status 200, but its stream ended before any content (the stream was over)",
    "status 200, but no content came within 180 s",
  ]);
});
