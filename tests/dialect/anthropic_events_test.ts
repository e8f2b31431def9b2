import assert from "node:assert/strict";
import { anthropicEvents } from "../../lib/dialect/anthropic_events.ts";
import { PROBLEM, says, saysStart } from "./reading.ts";

const delta = (members: unknown) =>
  says(anthropicEvents, { type: "content_block_delta", delta: members }, "content_block_delta");
const start = (block: unknown) =>
  says(anthropicEvents, { type: "content_block_start", content_block: block });

Deno.test("anthropic: a delta that adds something is content", () => {
  for (const name of ["text", "partial_json", "thinking", "signature"]) {
    assert.equal(delta({ [name]: "a" }), "content", name);
    assert.equal(delta({ [name]: "" }), "neutral", name);
  }
  assert.equal(delta({ type: "citations_delta", citation: { url: "a" } }), "content");
  assert.equal(delta({ type: "novelty_delta" }), "neutral");
});

Deno.test("anthropic: a block that starts with content is content", () => {
  for (
    const block of [
      { type: "redacted_thinking", data: "a" },
      { type: "server_tool_use", id: "s", name: "web_search", input: {} },
      { type: "web_search_tool_result", tool_use_id: "s", content: [] },
      { type: "mcp_tool_result", tool_use_id: "s", content: [] },
      { type: "text", text: "a" },
      { type: "thinking", thinking: "a", signature: "" },
      { type: "tool_use", id: "t", name: "f", input: { a: 1 } },
    ]
  ) assert.equal(start(block), "content", block.type);
});

Deno.test("anthropic: a block that starts empty is neutral", () => {
  for (
    const block of [
      { type: "text", text: "" },
      { type: "thinking", thinking: "", signature: "" },
      { type: "tool_use", id: "t", name: "f", input: {} },
      { type: "novelty", id: "n" },
      null,
    ]
  ) assert.equal(start(block), "neutral", JSON.stringify(block));
});

Deno.test("anthropic: message_stop ends what was begun, a stop_reason may be the end", () => {
  const last = (stop_reason: unknown) => ({ type: "message_delta", delta: { stop_reason } });
  assert.equal(says(anthropicEvents, { type: "message_stop" }), "done ends");
  assert.equal(says(anthropicEvents, last("end_turn")), "neutral ends");
  assert.equal(says(anthropicEvents, last(null)), "neutral");
  assert.equal(says(anthropicEvents, { type: "message_delta" }), "neutral");
});

Deno.test("anthropic: everything else is neutral", () => {
  assert.equal(says(anthropicEvents, { type: "message_start", message: {} }), "neutral");
  assert.equal(says(anthropicEvents, { type: "content_block_stop", index: 0 }), "neutral");
  assert.equal(says(anthropicEvents, {}, "message_start"), "neutral");
});

Deno.test("anthropic: a large event is judged by its type", () => {
  const large = (type: string) => saysStart(anthropicEvents, `{"type":"${type}","x":"`, type);
  assert.equal(large("message_start"), "neutral");
  assert.equal(large("content_block_start"), "content");
  assert.equal(large("content_block_delta"), "content");
  assert.equal(large("message_delta"), "neutral ends");
  assert.equal(large("message_stop"), "done ends");
  assert.equal(large("novelty"), "content ends");
});

Deno.test("anthropic: errorEvent() is an event named error", () => {
  const error = '{"type":"api_error","message":"The backend left.\\nSorry."}';
  const event = `event: error\ndata: {"type":"error","error":${error}}\n\n`;
  assert.equal(anthropicEvents.errorEvent(PROBLEM), event);
});
