import assert from "node:assert/strict";
import { anthropicEvents } from "../../lib/dialect/anthropic_events.ts";
import { geminiEvents } from "../../lib/dialect/gemini_events.ts";
import { openaiChat } from "../../lib/dialect/openai_chat.ts";
import { openaiResponses } from "../../lib/dialect/openai_responses.ts";
import { sampleContent } from "../../lib/dialect/sample_content.ts";
import { unknownEvents } from "../../lib/dialect/unknown_events.ts";

for (const format of [openaiChat, openaiResponses, anthropicEvents, geminiEvents, unknownEvents]) {
  Deno.test(`sampleContent() ends with its first content and is no whole answer: ${format.name}`, () => {
    const events = sampleContent(format, "half a").trimEnd().split("\n\n").map((event) => {
      const [, type = "", data = ""] = /^(?:event: (.*)\n)?data: (.*)$/.exec(event) ?? [];
      return format.read({ type, data, truncated: false });
    });
    const kinds = events.map(({ kind }) => kind);
    assert.deepEqual(kinds.indexOf("content"), kinds.length - 1);
    assert.ok(events.every(({ ends }) => !ends));
    assert.ok(!kinds.includes("malformed"));
  });
}
