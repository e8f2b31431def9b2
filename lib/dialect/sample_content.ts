/** The start of an answer, as each vendor streams it: up to its first content. */
import type { EventFormat } from "./event_format.ts";

/** Events as they stand on the wire, the last of which is content. */
export function sampleContent({ name }: Pick<EventFormat, "name">, text: string): string {
  return SAMPLES[name](text).map(({ type, ...data }) => eventOf(type, data)).join("");
}

interface Sample {
  /** The event's name, repeated in its data; empty where it has none. */
  readonly type: string;
}

const SAMPLES: Readonly<Record<EventFormat["name"], (text: string) => readonly Sample[]>> = {
  openai_chat: (content) => [{
    type: "",
    id: "drill",
    object: "chat.completion.chunk",
    created: 0,
    model: "drill",
    choices: [{ index: 0, delta: { role: "assistant", content }, finish_reason: null }],
  }],
  openai_responses: (delta) => [{
    type: "response.output_text.delta",
    sequence_number: 0,
    item_id: "drill",
    output_index: 0,
    content_index: 0,
    delta,
  }],
  anthropic: (text) => [
    { type: "message_start", message: ANTHROPIC_MESSAGE },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } },
  ],
  gemini: (text) => [{
    type: "",
    candidates: [{ index: 0, content: { role: "model", parts: [{ text }] } }],
  }],
  unknown: (text) => [{ type: "", text }],
};

const ANTHROPIC_MESSAGE = {
  id: "drill",
  type: "message",
  role: "assistant",
  model: "drill",
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: 0, output_tokens: 0 },
};

function eventOf(type: string, data: object): string {
  if (type === "") return `data: ${JSON.stringify(data)}\n\n`;
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}
