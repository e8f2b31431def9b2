/** The note on requests that create things: they move on only where nothing can have been accepted. */
import assert from "node:assert/strict";
import { judge } from "../../lib/policy/judge.ts";
import type { Inspection } from "../../lib/wire/inspection.ts";
import { errorJson, replyOf } from "./replies.ts";
import {
  COUNTING,
  CREATING,
  LAST_KEY,
  LATER,
  ONE_MORE_KEY,
  onFault,
  onSight,
  onStatus,
  PASSTHROUGH,
} from "./verdicts.ts";

/** Everything that can befall an attempt, by its row of the table, where the call only asks. */
const ROWS: Readonly<Record<string, (operation: { operation?: typeof CREATING }) => string>> = {
  "1": (call) => onFault("caller_left", { ...PASSTHROUGH, ...call }),
  "3, refused": (call) => onFault("request_refused", { ...PASSTHROUGH, ...call }),
  "3, our own": (call) => onFault("internal_error", { ...PASSTHROUGH, ...call }),
  "4, failed": (call) => onFault("connect_failed", { ...PASSTHROUGH, ...call }),
  "4, timed out": (call) => onFault("connect_timeout", { ...PASSTHROUGH, ...call }),
  "5, lost": (call) => onFault("connection_lost", { ...PASSTHROUGH, ...call }),
  "5, garbage": (call) => onFault("invalid_reply", { ...PASSTHROUGH, ...call }),
  "6": (call) => onFault("first_byte_timeout", { ...PASSTHROUGH, ...call }),
  "8": (call) => onStatus(307, { ...PASSTHROUGH, ...call }),
  "9, another key": (call) => onStatus(401, { ...ONE_MORE_KEY, ...call }),
  "9, the last key": (call) => onStatus(403, { ...LAST_KEY, ...call }),
  "10, at first": (call) => onStatus(401, { ...PASSTHROUGH, ...call }),
  "10, later": (call) => onStatus(401, { ...LATER, ...call }),
  "11": (call) => onStatus(429, { ...ONE_MORE_KEY, ...call }),
  "12": (call) => onStatus(503, { ...PASSTHROUGH, ...call }),
  "13": (call) => onStatus(404, { ...PASSTHROUGH, ...call }, errorJson({ code: "rate_limit" })),
  "14": (call) => onStatus(404, { ...PASSTHROUGH, ...call }),
  "0": (call) => onStatus(200, { ...PASSTHROUGH, ...call }),
};

/** What becomes of each: rows 4 and 9 to 11 alone move on, the rest is the call's last attempt. */
const DECIDED: Readonly<Record<string, string>> = {
  "1": "row 1: abandon",
  "3, refused": "row 3: answer 400 ourselves",
  "3, our own": "row 3: answer 500 ourselves",
  "4, failed": "row 4: fallback, cools the backend, else 502",
  "4, timed out": "row 4: fallback, cools the backend, else 502",
  "5, lost": "row 5: the last, cools the route, else 502",
  "5, garbage": "row 5: the last, cools the route, else 502",
  "6": "row 6: the last, cools the route, else 504",
  "8": "row 8: relay 307",
  "9, another key": "row 9: fallback, cools the key, else as it came",
  "9, the last key": "row 9: fallback, cools the backend, else as it came",
  "10, at first": "row 10: relay 401",
  "10, later": "row 10: fallback, cools the nothing, else as it came",
  "11": "row 11: fallback, cools the key, else as it came",
  "12": "row 12: the last, cools the route, else as it came",
  "13": "row 13: the last, cools the route, else as it came",
  "14": "row 14: relay 404",
  "0": "row 0: relay 200",
};

for (const [what, decide] of Object.entries(ROWS)) {
  Deno.test(`judge() row ${what}: of a call that may create something`, () => {
    assert.equal(decide({ operation: CREATING }), DECIDED[what]);
  });

  Deno.test(`judge() row ${what}: is the same of a call that only asks, but that it moves on`, () => {
    assert.equal(decide({}), DECIDED[what]?.replace("the last", "fallback"));
  });
}

/** Rows 15 to 18 look at inference calls only; should one be seen, nothing is tried twice. */
const SHOWN: readonly Inspection[] = [
  { kind: "error_body" },
  { kind: "wrong_kind", what: "" },
  { kind: "cut_short", detail: "" },
  { kind: "error_event" },
];

Deno.test("judge() rows 15 to 18: never try a call again that may create something", () => {
  for (const shown of SHOWN) {
    assert.match(
      onSight(shown, { ...PASSTHROUGH, operation: CREATING }),
      /: the last, cools the route/,
    );
  }
});

Deno.test("judge() has a verdict for every row from 1 to 18 but 2, which no attempt comes to", () => {
  const rows = new Set([
    ...Object.keys(ROWS).map((what) => Number.parseInt(what)),
    ...SHOWN.map((inspection) => judge(replyOf(200, { inspection }), PASSTHROUGH).row),
    judge(replyOf(500), { ...PASSTHROUGH, operation: COUNTING }).row,
  ]);
  const expected = Array.from({ length: 19 }, (_, row) => row).filter((row) => row !== 2);
  assert.deepEqual([...rows].sort((a, b) => a - b), expected);
});

Deno.test("judge() lets a call for a WebSocket move on by every row: nothing was accepted", () => {
  const call = { operation: CREATING, upgrade: true };
  const kept = Object.entries(ROWS).filter(([, on]) => on(call).includes("the last"));
  assert.deepEqual(kept, []);
  assert.equal(ROWS["5, lost"]?.(call), "row 5: fallback, cools the route, else 502");
});
