/** What the end of a stream means: clean framing does not make it whole. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { anthropicEvents } from "../../lib/dialect/anthropic_events.ts";
import type { EventFormat } from "../../lib/dialect/event_format.ts";
import { openaiChat } from "../../lib/dialect/openai_chat.ts";
import { unknownEvents } from "../../lib/dialect/unknown_events.ts";
import type { BodyEnd } from "../../lib/wire/held_body.ts";
import {
  bytesOf,
  COMMENT,
  CONTENT,
  delta,
  DONE,
  ERROR,
  event,
  FINISH,
  gateOf,
  MALFORMED,
  PING,
  ROLE,
  VENDORS,
} from "./streams.ts";

const COMPLETE: BodyEnd = { kind: "complete" };
const RESET: BodyEnd = { kind: "cut", detail: "ECONNRESET" };
const UNFINISHED: BodyEnd = { kind: "cut", detail: "the stream ended without a terminal event" };

/** What a stream of these texts showed, and what its end means. */
function over(texts: readonly string[], end = COMPLETE, format?: EventFormat) {
  const { gate, push } = gateOf({ format });
  push(...texts);
  const judged = gate.ended(end);
  return { judged, inspection: gate.inspection, errorText: gate.errorText };
}

/** A text without the blank line that ends its last event. */
function unended(text: string): string {
  return text.replace(/\n\n$/, "");
}

for (const { format, start, content, terminal, finish, error } of VENDORS) {
  const { name } = format;

  Deno.test(`StreamGate.ended() takes a stream of ${name} for whole after its terminal event`, () => {
    for (const texts of [[start, content, terminal], [start, terminal]]) {
      assert.deepEqual(over(texts, COMPLETE, format).judged, COMPLETE);
    }
  });

  Deno.test(`StreamGate.ended() is a cut of a stream of ${name} without a terminal event`, () => {
    const { judged, inspection } = over([start, content], COMPLETE, format);
    assert.deepEqual(judged, UNFINISHED);
    assert.equal(inspection?.kind, "passed");
  });

  Deno.test(`StreamGate.ended() takes an error of ${name} for an end, after content`, () => {
    const { judged, errorText } = over([start, content, error], COMPLETE, format);
    assert.deepEqual(judged, COMPLETE);
    assert.ok(errorText !== undefined);
  });

  Deno.test(`StreamGate.ended() gives a stream of ${name} up that is over before content`, () => {
    for (const texts of [[], [start], [start, PING, COMMENT]]) {
      const detail = "the stream was over";
      assert.deepEqual(over(texts, COMPLETE, format).inspection, { kind: "ended_early", detail });
    }
  });

  if (finish !== "") {
    Deno.test(`StreamGate.ended() takes a stream of ${name} for whole after a reason to finish`, () => {
      assert.deepEqual(over([start, content, finish], COMPLETE, format).judged, COMPLETE);
    });
  }
}

/** Streams that were over while still held. */
const HELD: Readonly<Record<string, readonly [EventFormat, readonly string[]]>> = {
  "a filtered chat": [openaiChat, [ROLE, delta({}, "content_filter")]],
  "an empty completion": [openaiChat, [event({ choices: [{ text: "", finish_reason: "stop" }] })]],
  "a refusal": [anthropicEvents, [
    event({ type: "message_start", message: { content: [] } }),
    event({ type: "message_delta", delta: { stop_reason: "refusal" } }),
  ]],
};

for (const [what, [format, texts]] of Object.entries(HELD)) {
  Deno.test(`StreamGate.ended() cases 2: ${what} that ended while held is an answer`, () => {
    const { judged, inspection } = over(texts, COMPLETE, format);
    assert.deepEqual([judged, inspection?.kind], [COMPLETE, "passed"]);
    assert.equal(over(texts, RESET, format).inspection?.kind, "ended_early");
  });
}

Deno.test("StreamGate.ended() cases 1: [DONE] alone is a stream that was over before it began", () => {
  for (const texts of [[DONE], [DONE.trimEnd()], [PING, DONE]]) {
    assert.equal(over(texts).inspection?.kind, "ended_early", texts.join(""));
    assert.equal(over(texts, COMPLETE, unknownEvents).inspection?.kind, "ended_early");
  }
});

Deno.test("StreamGate.ended() takes [DONE] for an end after any event: in doubt it is an answer", () => {
  for (const data of [{}, { choices: [] }, { choices: [], usage: { total_tokens: 3 } }]) {
    assert.equal(over([event(data), DONE]).inspection?.kind, "passed");
  }
});

Deno.test("StreamGate.ended() cases 2: an ending by which the vendor failed cools, after content too", () => {
  const failed = delta({}, "network_error");
  assert.equal(over([ROLE, failed]).inspection?.kind, "error_event");
  const late = over([ROLE, CONTENT, failed, DONE]);
  assert.ok(late.errorText?.includes("network_error"));
});

Deno.test("StreamGate.ended() cases 2: of a stream without a mark only its framing tells", () => {
  const tokens = [event({ token: "Su" }), event({ token: "s" })];
  assert.deepEqual(over(tokens).judged, COMPLETE);
  assert.deepEqual(over([...tokens, DONE]).judged, COMPLETE);
  assert.deepEqual(over(tokens, RESET).judged, RESET);
  assert.ok(over([...tokens, ERROR]).errorText !== undefined);
  assert.deepEqual(over([...tokens, CONTENT]).judged, UNFINISHED);
});

Deno.test("StreamGate.ended() gives a stream up that is reset before content, and says how", () => {
  const { judged, inspection } = over([ROLE], RESET);
  assert.deepEqual(inspection, { kind: "ended_early", detail: "ECONNRESET" });
  assert.deepEqual(judged, RESET);
});

Deno.test("StreamGate.ended() leaves a cut a cut, terminal event or not", () => {
  for (const texts of [[CONTENT], [CONTENT, DONE], [CONTENT, ERROR]]) {
    assert.deepEqual(over(texts, RESET).judged, RESET);
  }
});

Deno.test("StreamGate.ended() gives a stream up whose only content is cut by the end", () => {
  for (const cut of [unended(CONTENT), CONTENT.slice(0, 20), "data"]) {
    const { inspection } = over([ROLE, cut]);
    assert.deepEqual(inspection, { kind: "ended_early", detail: "an event was cut by the end" });
  }
});

Deno.test("StreamGate.ended() reads a terminal event without its blank line", () => {
  for (const text of ["data: [DONE]", "data: [DONE]\n", "data:[DONE]\r\n"]) {
    assert.deepEqual(over([CONTENT, text]).judged, COMPLETE, JSON.stringify(text));
    const { inspection, judged } = over([ROLE, text]);
    assert.deepEqual([inspection?.kind, judged], ["passed", COMPLETE], JSON.stringify(text));
  }
});

Deno.test("StreamGate.ended() reads an error event without its blank line", () => {
  for (const text of [unended(ERROR), "event: error\ndata: {}"]) {
    assert.deepEqual(over([ROLE, text]).inspection, { kind: "error_event" });
    const late = over([CONTENT, text]);
    assert.deepEqual(late.judged, COMPLETE);
    assert.ok(late.errorText !== undefined);
  }
});

Deno.test("StreamGate.ended() reads a reason to finish without its blank line", () => {
  assert.deepEqual(over([CONTENT, unended(FINISH)]).judged, COMPLETE);
});

Deno.test("StreamGate.ended() takes half an event for none, whatever it might have been", () => {
  for (const half of [unended(FINISH).slice(0, -3), "data: [DO", unended(ERROR).slice(0, -1)]) {
    const { judged, errorText } = over([CONTENT, half]);
    assert.deepEqual([judged, errorText], [UNFINISHED, undefined], half);
  }
});

Deno.test("StreamGate.ended() takes the half of an enormous event for no end either", () => {
  const half = `data: {"choices":[{"delta":{"content":"${"x".repeat(2 * 1024 * 1024)}`;
  assert.deepEqual(over([CONTENT, half]).judged, UNFINISHED);
});

Deno.test("StreamGate.ended() knows of an unknown format only what its framing says", () => {
  assert.deepEqual(over([event({ a: 1 })], COMPLETE, unknownEvents).judged, COMPLETE);
  assert.deepEqual(over([event({ a: 1 })], RESET, unknownEvents).judged, RESET);
  assert.equal(over([], COMPLETE, unknownEvents).inspection?.kind, "ended_early");
});

Deno.test("StreamGate.ended() is a cut after a cap as after content", () => {
  const neutral = Array.from({ length: 70 }, () => ROLE);
  assert.deepEqual(over(neutral).judged, UNFINISHED);
  assert.deepEqual(over([...neutral, DONE]).judged, COMPLETE);
});

Deno.test("StreamGate.ended() judges a stream that was never held as well", () => {
  const { gate, push } = gateOf({ hold: false });
  push(ROLE);
  assert.deepEqual(gate.ended(COMPLETE), UNFINISHED);
});

const piece = fc.constantFrom(
  ...[ROLE, CONTENT, FINISH, DONE, ERROR, PING, COMMENT, MALFORMED, delta({ content: "größer" })],
  ...["data: a", "\n", "\r\n\r\n", "event: error\n"],
);
const stream = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
const cuts = fc.array(fc.nat({ max: 1500 }), { maxLength: 8 });

/** The bytes in pieces that are cut at these places. */
function split(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const edges = [0, ...at.map((cut) => Math.min(cut, bytes.length)), bytes.length];
  edges.sort((a, b) => a - b);
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

Deno.test("StreamGate shows the same of a stream however it is split", () => {
  fc.assert(
    fc.property(stream, cuts, fc.constantFrom(COMPLETE, RESET), (text, at, end) => {
      const [whole, parts] = [gateOf(), gateOf()];
      whole.push(text);
      for (const part of split(bytesOf(text), at)) parts.gate.push(part);
      assert.deepEqual(parts.gate.ended(end), whole.gate.ended(end));
      assert.deepEqual(parts.gate.inspection, whole.gate.inspection);
      assert.equal(parts.gate.errorText, whole.gate.errorText);
      assert.deepEqual(parts.events, whole.events);
    }),
  );
});
