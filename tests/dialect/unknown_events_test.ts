import assert from "node:assert/strict";
import { openaiChat } from "../../lib/dialect/openai_chat.ts";
import { unknownEvents } from "../../lib/dialect/unknown_events.ts";
import { PROBLEM, saysStart, saysText } from "./reading.ts";

Deno.test("unknown: whatever is no error is content, and nothing is the end", () => {
  const texts = ["a", "{", "123", "[]", "{}", '{"type":"message_stop"}', '{"a":"error"}'];
  for (const text of texts) assert.equal(saysText(unknownEvents, text), "content", text);
  assert.equal(saysText(unknownEvents, "{}", "message_stop"), "content");
  assert.equal(saysText(unknownEvents, "[DONE]"), "done ends");
  assert.equal(saysStart(unknownEvents, '{"a":"'), "content");
});

Deno.test("unknown: errorEvent() is OpenAI's", () => {
  assert.equal(unknownEvents.errorEvent(PROBLEM), openaiChat.errorEvent(PROBLEM));
});
