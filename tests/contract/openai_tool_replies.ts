/** Calls of tools in OpenAI's formats. https://platform.openai.com/docs/guides/function-calling */
import { COMPLETION, RESPONSE, TEXT_CHUNKS } from "./openai_replies.ts";

export const WEATHER = {
  name: "weather",
  description: "The weather in a city, today.",
  parameters: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  },
};

const ROME = { name: "weather", arguments: `{"city":"Rome"}` };
const OSLO = { name: "weather", arguments: `{"city":"Oslo"}` };

/** An answer that asks for the weather in Rome. */
export const TOOL_COMPLETION = {
  ...COMPLETION,
  choices: [{
    index: 0,
    message: {
      role: "assistant",
      content: null,
      refusal: null,
      tool_calls: [{ id: "call_1", type: "function", function: ROME }],
    },
    logprobs: null,
    finish_reason: "tool_calls",
  }],
};

/** Two calls at once, their arguments in pieces that come in turn. */
export const TWO_TOOL_CHUNKS = [
  delta({ role: "assistant", content: null, tool_calls: [opened(0, "call_1")] }),
  delta({ tool_calls: [opened(1, "call_2")] }),
  delta({ tool_calls: [piece(0, `{"city":`)] }),
  delta({ tool_calls: [piece(1, `{"city":"Os`)] }),
  delta({ tool_calls: [piece(0, `"Rome"}`), piece(1, `lo"}`)] }),
  delta({}, "tool_calls"),
];

const ITEM = {
  id: "fc_1",
  type: "function_call",
  call_id: "call_1",
  status: "completed",
  ...OSLO,
} as const;

export const TOOL_RESPONSE = { ...RESPONSE, id: "resp_2", output: [ITEM] };

/** A streamed response that calls a tool, the arguments in two pieces. */
export const TOOL_RESPONSE_EVENTS = [
  { type: "response.created", response: { ...TOOL_RESPONSE, status: "in_progress", output: [] } },
  {
    type: "response.output_item.added",
    output_index: 0,
    item: { ...ITEM, status: "in_progress", arguments: "" },
  },
  argumentsEvent({ type: "response.function_call_arguments.delta", delta: `{"city":` }),
  argumentsEvent({ type: "response.function_call_arguments.delta", delta: `"Oslo"}` }),
  argumentsEvent({ type: "response.function_call_arguments.done", arguments: ITEM.arguments }),
  { type: "response.output_item.done", output_index: 0, item: ITEM },
  { type: "response.completed", response: TOOL_RESPONSE },
].map((event, sequence_number) => ({ ...event, sequence_number }));

function argumentsEvent<Rest extends { readonly type: string }>(rest: Rest) {
  return { item_id: "fc_1", output_index: 0, ...rest };
}

function opened(index: number, id: string) {
  return { index, id, type: "function", function: { name: "weather", arguments: "" } };
}

function piece(index: number, text: string) {
  return { index, function: { arguments: text } };
}

function delta(content: unknown, finish_reason: string | null = null) {
  return {
    ...TEXT_CHUNKS[0]!,
    choices: [{ index: 0, delta: content, logprobs: null, finish_reason }],
  };
}
