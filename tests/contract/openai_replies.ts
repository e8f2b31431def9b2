/** Replies in OpenAI's formats. https://platform.openai.com/docs/api-reference */
import type OpenAI from "openai";

type Chunk = OpenAI.Chat.ChatCompletionChunk;
type Choice = OpenAI.Chat.ChatCompletionChunk.Choice;

export const COMPLETION: OpenAI.Chat.ChatCompletion = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1770933892,
  model: "model-a-2026-01-01",
  choices: [{
    index: 0,
    message: { role: "assistant", content: "Hello there.", refusal: null },
    logprobs: null,
    finish_reason: "stop",
  }],
  usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
  system_fingerprint: "fp_1",
};

/** "Hello there." in two pieces, then the usage that `include_usage` asks for. */
export const TEXT_CHUNKS: readonly Chunk[] = [
  chunkOf({ role: "assistant", content: "" }),
  chunkOf({ content: "Hello" }),
  chunkOf({ content: " there." }),
  chunkOf({}, "stop"),
  {
    ...chunkOf({}),
    choices: [],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
  },
];

/** A call of `weather`, its arguments in two pieces. */
export const TOOL_CHUNKS: readonly Chunk[] = [
  chunkOf({
    role: "assistant",
    content: null,
    tool_calls: [{
      index: 0,
      id: "call_1",
      type: "function",
      function: { name: "weather", arguments: "" },
    }],
  }),
  chunkOf({ tool_calls: [{ index: 0, function: { arguments: `{"city":` } }] }),
  chunkOf({ tool_calls: [{ index: 0, function: { arguments: `"Rome"}` } }] }),
  chunkOf({}, "tool_calls"),
];

function chunkOf(
  delta: Choice["delta"],
  finish_reason: Choice["finish_reason"] = null,
): Chunk {
  return {
    id: "chatcmpl-2",
    object: "chat.completion.chunk",
    created: 1770933892,
    model: "model-a-2026-01-01",
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  };
}

/** What `[0.25, -1, 3.5]` is in base64: little-endian float32. */
export const EMBEDDING = { floats: [0.25, -1, 3.5], base64: "AACAPgAAgL8AAGBA" };

/** An embeddings reply in the encoding that the request asks for; the SDK asks for base64. */
export function embeddings(encoding: string): unknown {
  const embedding = encoding === "base64" ? EMBEDDING.base64 : EMBEDDING.floats;
  return {
    object: "list",
    data: [{ object: "embedding", index: 0, embedding }],
    model: "model-a",
    usage: { prompt_tokens: 2, total_tokens: 2 },
  };
}

export const MODERATION = {
  id: "modr-1",
  model: "model-a",
  results: [{
    flagged: true,
    categories: { violence: true },
    category_scores: { violence: 0.97 },
    category_applied_input_types: { violence: ["text"] },
  }],
};

const PART = { type: "output_text", text: "Hello there.", annotations: [] } as const;
const EMPTY_PART = { ...PART, text: "", annotations: [] };

const ITEM = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  status: "completed",
  content: [PART],
} as const;

const STARTED = {
  id: "resp_1",
  object: "response",
  created_at: 1770933892,
  status: "in_progress",
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: {},
  model: "model-a-2026-01-01",
  output: [],
  parallel_tool_calls: true,
  temperature: 1,
  tool_choice: "auto",
  tools: [],
  top_p: 1,
};

export const RESPONSE = {
  ...STARTED,
  status: "completed",
  output: [ITEM],
  usage: {
    input_tokens: 9,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 3,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 12,
  },
};

/** A streamed response from `response.created` to `response.completed`. */
export const RESPONSE_EVENTS = numbered([
  { type: "response.created", response: STARTED },
  { type: "response.in_progress", response: STARTED },
  {
    type: "response.output_item.added",
    output_index: 0,
    item: { ...ITEM, status: "in_progress", content: [] },
  },
  { type: "response.content_part.added", ...at(0), part: EMPTY_PART },
  { type: "response.output_text.delta", ...at(0), delta: "Hello", logprobs: [] },
  { type: "response.output_text.delta", ...at(0), delta: " there.", logprobs: [] },
  { type: "response.output_text.done", ...at(0), text: "Hello there.", logprobs: [] },
  { type: "response.content_part.done", ...at(0), part: PART },
  { type: "response.output_item.done", output_index: 0, item: ITEM },
  { type: "response.completed", response: RESPONSE },
]);

function at(content_index: number) {
  return { item_id: "msg_1", output_index: 0, content_index };
}

function numbered<Event extends { readonly type: string }>(events: readonly Event[]) {
  return events.map((event, sequence_number) => ({ ...event, sequence_number }));
}

/** A rate limit's error body. https://platform.openai.com/docs/guides/error-codes */
export const RATE_LIMITED = {
  error: {
    message: "Rate limit reached for model-a: limit 3, used 3.",
    type: "requests",
    param: null,
    code: "rate_limit_exceeded",
  },
};
