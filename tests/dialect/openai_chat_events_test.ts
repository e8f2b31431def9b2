import assert from "node:assert/strict";
import { openaiChat } from "../../lib/dialect/openai_chat.ts";
import { PROBLEM, says } from "./reading.ts";

const chat = (choice: unknown) => says(openaiChat, { choices: [choice] });
const delta = (members: unknown) => chat({ delta: members, finish_reason: null });

Deno.test("openai_chat: text, and every kind of delta that says something, is content", () => {
  assert.equal(chat({ text: "a", finish_reason: null }), "content");
  const call = { index: 0, id: "c", type: "function" };
  for (
    const members of [
      { content: "a" },
      { content: [{ type: "thinking", thinking: [{ type: "text", text: "a" }] }] },
      { reasoning_content: "a" },
      { reasoning: "a" },
      { refusal: "a" },
      { audio: { id: "a" } },
      { function_call: { name: "f" } },
      { function_call: { arguments: "{" } },
      { tool_calls: [{ ...call, function: { name: "f", arguments: "" } }] },
      { tool_calls: [{ index: 0, function: { arguments: "{" } }] },
    ]
  ) assert.equal(delta(members), "content", JSON.stringify(members));
});

Deno.test("openai_chat: a delta that says nothing is neutral", () => {
  for (
    const members of [
      {},
      { role: "assistant", content: "" },
      { content: null, refusal: null, audio: null, tool_calls: null, function_call: null },
      { reasoning_content: "", reasoning: "", refusal: "", audio: {}, tool_calls: [] },
      { function_call: { name: "", arguments: "" } },
      { tool_calls: [{ index: 0, function: { name: "", arguments: "" } }, { index: 1 }, null] },
    ]
  ) assert.equal(delta(members), "neutral", JSON.stringify(members));
  assert.equal(chat({ text: "", finish_reason: null }), "neutral");
  assert.equal(says(openaiChat, { choices: [], usage: { total_tokens: 3 } }), "blank");
});

Deno.test("openai_chat: any choice can hold the content", () => {
  const choices = [{ delta: {} }, { delta: { content: "a" } }];
  assert.equal(says(openaiChat, { choices }), "content");
});

Deno.test("openai_chat: a reason to finish ends the answer, with content or without", () => {
  assert.equal(chat({ delta: {}, finish_reason: "stop" }), "neutral ends");
  assert.equal(chat({ delta: { content: "a" }, finish_reason: "length" }), "content ends");
  assert.equal(chat({ text: "", finish_reason: "stop" }), "neutral ends");
  assert.equal(chat({ delta: { content: "a" }, finish_reason: "" }), "content");
});

Deno.test("openai_chat: an error beside choices is an error", () => {
  const choices = [{ delta: { content: "" }, finish_reason: "error" }];
  assert.equal(says(openaiChat, { error: { code: 502 }, choices }), "error ends");
});

Deno.test("openai_chat: cases 2: an ending by which the vendor says that it failed is an error", () => {
  const reasons = ["error", "network_error", "insufficient_system_resource", "abort", "timeout"];
  for (const finish_reason of reasons) {
    for (const said of [{ delta: {} }, { delta: { content: "Ser" } }, { text: "Ser" }]) {
      assert.equal(chat({ ...said, finish_reason }), "error ends", finish_reason);
    }
  }
  for (const finish_reason of ["content_filter", "sensitive", "length", "novelty"]) {
    assert.equal(chat({ delta: {}, finish_reason }), "neutral ends", finish_reason);
  }
  assert.equal(chat({ delta: {}, finish_reason: "null" }), "neutral");
});

Deno.test("openai_chat: cases 2: a message in the place of a delta is content", () => {
  assert.equal(chat({ message: { role: "assistant", content: "a" } }), "content");
  assert.equal(chat({ message: { content: "a" }, finish_reason: "stop" }), "content ends");
  assert.equal(chat({ message: { role: "assistant", content: "" } }), "neutral");
});

Deno.test("openai_chat: cases 1: words of errors beside content are none", () => {
  const choices = [{ delta: { content: "a" }, finish_reason: null }];
  assert.equal(says(openaiChat, { error: null, code: 0, success: true, choices }), "content");
  const base_resp = { status_code: 0, status_msg: "" };
  assert.equal(says(openaiChat, { base_resp, choices }), "content");
});

Deno.test("openai_chat: errorEvent() is the error body as one event", () => {
  const error = '{"message":"The backend left.\\nSorry.","type":"api_error","param":null,';
  const event = `data: {"error":${error}"code":"stream_cut"}}\n\n`;
  assert.equal(openaiChat.errorEvent(PROBLEM), event);
});
