import assert from "node:assert/strict";
import { openaiResponses } from "../../lib/dialect/openai_responses.ts";
import { PROBLEM, says, saysStart } from "./reading.ts";

const KINDS: readonly (readonly [type: string, kind: string])[] = [
  ["response.output_text.delta", "content"],
  ["response.reasoning_summary_text.delta", "content"],
  ["response.function_call_arguments.delta", "content"],
  ["response.image_generation_call.partial_image", "content"],
  ["response.completed", "terminal ends"],
  ["response.incomplete", "terminal ends"],
  ["response.failed", "error ends"],
  ["response.created", "neutral"],
  ["response.output_item.added", "neutral"],
  ["response.output_text.done", "neutral"],
  ["response.image_generation_call.completed", "neutral"],
  ["response.novelty", "neutral"],
];

for (const [type, kind] of KINDS) {
  Deno.test(`openai_responses: ${type} is ${kind}, by its type or its name`, () => {
    const response = { error: null, output: [] };
    assert.equal(says(openaiResponses, { type, response }, type), kind);
    assert.equal(says(openaiResponses, { type, response }), kind);
    assert.equal(says(openaiResponses, { response }, type), kind);
    assert.equal(saysStart(openaiResponses, `{"type":"${type}","response":{"error":nu`), kind);
    assert.equal(saysStart(openaiResponses, '{"response":{"error":nu', type), kind);
  });
}

Deno.test("openai_responses: errorEvent() is an event of type error", () => {
  const data = '{"type":"error","code":"stream_cut","message":"The backend left.\\nSorry.",';
  const event = `event: error\ndata: ${data}"param":null,"sequence_number":0}\n\n`;
  assert.equal(openaiResponses.errorEvent(PROBLEM), event);
});
