/** Replies in Anthropic's formats. https://docs.anthropic.com/en/api/messages */

const USAGE = {
  input_tokens: 12,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 30,
};

export const MESSAGE = {
  id: "msg_01",
  type: "message",
  role: "assistant",
  model: "model-a-20260101",
  content: [{ type: "text", text: "Hello there." }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: USAGE,
};

/** "Hello there." in two pieces, with a ping between. */
export const TEXT_EVENTS = [
  started(),
  blockStart(0, { type: "text", text: "" }),
  { type: "ping" },
  blockDelta(0, { type: "text_delta", text: "Hello" }),
  { type: "ping" },
  blockDelta(0, { type: "text_delta", text: " there." }),
  { type: "content_block_stop", index: 0 },
  ...stopped("end_turn"),
];

/** A call of `weather`, its input in two pieces. */
export const TOOL_EVENTS = [
  started(),
  blockStart(0, { type: "tool_use", id: "toolu_1", name: "weather", input: {} }),
  blockDelta(0, { type: "input_json_delta", partial_json: "" }),
  blockDelta(0, { type: "input_json_delta", partial_json: `{"city":` }),
  blockDelta(0, { type: "input_json_delta", partial_json: `"Rome"}` }),
  { type: "content_block_stop", index: 0 },
  ...stopped("tool_use"),
];

/** A signed thought, a redacted one, then the answer. */
export const THINKING_EVENTS = [
  started(),
  blockStart(0, { type: "thinking", thinking: "", signature: "" }),
  blockDelta(0, { type: "thinking_delta", thinking: "They greet" }),
  blockDelta(0, { type: "thinking_delta", thinking: " me." }),
  blockDelta(0, { type: "signature_delta", signature: "EqQBCgIYAhIM" }),
  { type: "content_block_stop", index: 0 },
  blockStart(1, { type: "redacted_thinking", data: "EmwKAhgBEgy3" }),
  { type: "content_block_stop", index: 1 },
  blockStart(2, { type: "text", text: "" }),
  blockDelta(2, { type: "text_delta", text: "Hello there." }),
  { type: "content_block_stop", index: 2 },
  ...stopped("end_turn"),
];

function started() {
  const usage = { ...USAGE, output_tokens: 1 };
  return { type: "message_start", message: { ...MESSAGE, content: [], stop_reason: null, usage } };
}

function blockStart(index: number, content_block: unknown) {
  return { type: "content_block_start", index, content_block };
}

function blockDelta(index: number, delta: unknown) {
  return { type: "content_block_delta", index, delta };
}

function stopped(stop_reason: string) {
  const usage = { output_tokens: USAGE.output_tokens };
  return [
    { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage },
    { type: "message_stop" },
  ];
}

/** https://docs.anthropic.com/en/api/errors */
export function errorBody(type: string, message: string) {
  return { type: "error", error: { type, message }, request_id: "req_011" };
}
