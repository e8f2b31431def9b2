import assert from "node:assert/strict";
import { geminiEvents } from "../../lib/dialect/gemini_events.ts";
import { PROBLEM, says } from "./reading.ts";

const parts = (list: unknown, more = {}) =>
  says(geminiEvents, { candidates: [{ content: { role: "model", parts: list }, ...more }] });

Deno.test("gemini: a part that holds something is content", () => {
  for (
    const part of [
      { text: "a" },
      { text: "a", thought: true },
      { text: "", thoughtSignature: "s" },
      { functionCall: { name: "f", args: {} } },
      { functionCall: {} },
      { inlineData: { mimeType: "image/png", data: "aa" } },
      { executableCode: { code: "1" } },
      { novelty: { a: 1 } },
    ]
  ) assert.equal(parts([{ text: "" }, part]), "content", JSON.stringify(part));
});

Deno.test("gemini: parts that hold nothing are neutral", () => {
  for (const list of [[], undefined, [{}], [{ text: "" }], [{ text: "", thought: true }], "x"]) {
    assert.equal(parts(list), "neutral", JSON.stringify(list));
  }
  assert.equal(says(geminiEvents, { usageMetadata: { totalTokenCount: 3 } }), "blank");
});

Deno.test("gemini: finishReason is terminal, but for content that comes with it", () => {
  assert.equal(parts(undefined, { finishReason: "STOP" }), "terminal ends");
  assert.equal(parts([{ text: "" }], { finishReason: "MAX_TOKENS" }), "terminal ends");
  assert.equal(parts([{ text: "a" }], { finishReason: "STOP" }), "content ends");
});

Deno.test("gemini: a blocked prompt is a whole answer", () => {
  const promptFeedback = { blockReason: "SAFETY" };
  assert.equal(says(geminiEvents, { promptFeedback }), "terminal ends");
  assert.equal(says(geminiEvents, { promptFeedback, candidates: [] }), "terminal ends");
  assert.equal(says(geminiEvents, { promptFeedback: { safetyRatings: [] } }), "neutral");
});

Deno.test("gemini: errorEvent() is the error body as one event, its lines ending as Google's", () => {
  const error = '{"code":502,"message":"The backend left.\\nSorry.","status":"UNAVAILABLE"}';
  assert.equal(geminiEvents.errorEvent(PROBLEM), `data: {"error":${error}}\r\n\r\n`);
});
