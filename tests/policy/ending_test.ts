import assert from "node:assert/strict";
import { openaiChat } from "../../lib/dialect/openai_chat.ts";
import { judgeEnding } from "../../lib/policy/ending.ts";
import type { RawHeaders } from "../../lib/wire/headers.ts";
import { StreamGate } from "../../lib/wire/gate.ts";
import type { Ending } from "../../lib/wire/relay.ts";
import { NO_READING } from "../../lib/wire/reading.ts";
import { SseReader } from "../../lib/wire/sse.ts";
import { FALLBACK } from "../routing.ts";
import { errorJson, replyOf } from "./replies.ts";
import { COUNTING, CREATING, INFERENCE, PASSTHROUGH } from "./verdicts.ts";

const NOW_MS = Date.parse("2026-03-01T12:00:00Z");
const WHOLE: Ending = { kind: "complete", bytes: 90, detail: "" };
const CUT: Ending = { kind: "cut", bytes: 90, detail: "silent for 180 s" };
const LEFT: Ending = { kind: "caller_left", bytes: 90, detail: "the caller went away" };
const CONTENT = `data: {"choices":[{"delta":{"content":"Servus"}}]}\n\n`;

/** A stream that brought content and then, where one is given, an error. */
function streamed({ error = "", headers = [] }: { error?: string; headers?: RawHeaders } = {}) {
  const reader = new SseReader({ maxEventBytes: 10_000 });
  const gate = new StreamGate({
    reader,
    format: openaiChat,
    hold: true,
    reading: NO_READING,
  });
  const events = error === "" ? CONTENT : `${CONTENT}data: ${error}\n\n`;
  gate.push(new TextEncoder().encode(events));
  return replyOf(200, { headers, gate });
}

const OPTIONS = { ...PASSTHROUGH, ...FALLBACK, operation: INFERENCE, nowMs: NOW_MS };

function late(ending: Ending, reply = streamed(), options = OPTIONS) {
  return judgeEnding(ending, reply, options);
}

Deno.test("judgeEnding() row 19: a reply that broke off cools the route", () => {
  const reason = "the reply broke off after 90 bytes (silent for 180 s)";
  const finding = {
    kind: "failed",
    cool: "route",
    row: 19,
    reason,
    hint: undefined,
    isLasting: false,
  };
  for (const reply of [streamed(), replyOf(200)]) {
    assert.deepEqual(late(CUT, reply), { row: 19, reason, finding });
  }
});

Deno.test("judgeEnding() row 20: an error event cools the route, however the stream ended", () => {
  const reply = streamed({ error: errorJson({ code: "overloaded" }) });
  for (const ending of [WHOLE, CUT, LEFT]) {
    const failure = late(ending, reply);
    assert.deepEqual([failure?.row, failure?.finding.cool], [20, "route"]);
    assert.equal(failure?.finding.hint?.ms, undefined);
  }
});

Deno.test("judgeEnding() row 20: takes the error event's hint, clamped", () => {
  const hintMs = (error: string, headers: RawHeaders = []) => {
    return late(WHOLE, streamed({ error, headers }))?.finding.hint?.ms;
  };
  assert.equal(hintMs(errorJson({ resets_in_seconds: 42 })), 42_000);
  assert.equal(hintMs(errorJson({ resets_in_seconds: 493_200 })), 3_600_000);
  assert.equal(hintMs(errorJson({ code: "overloaded" }), [["retry-after", "7"]]), 7000);
});

Deno.test("judgeEnding() row 20: an account without money cools for the maximum", () => {
  const failure = late(WHOLE, streamed({ error: errorJson({ code: "insufficient_quota" }) }));
  assert.equal(failure?.finding.hint?.ms, 3_600_000);
});

Deno.test("judgeEnding() says nothing of a reply that came whole", () => {
  assert.equal(late(WHOLE), undefined);
  assert.equal(late(WHOLE, replyOf(200)), undefined);
});

Deno.test("judgeEnding() says nothing of a reply whose caller left", () => {
  assert.equal(late(LEFT), undefined);
});

Deno.test("judgeEnding() says nothing of calls that no model works on", () => {
  const error = streamed({ error: errorJson({ code: "overloaded" }) });
  for (const operation of [COUNTING, CREATING]) {
    assert.equal(late(CUT, streamed(), { ...OPTIONS, operation }), undefined);
    assert.equal(late(WHOLE, error, { ...OPTIONS, operation }), undefined);
  }
});
