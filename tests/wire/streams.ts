/** Streams as each vendor sends them, and gates that hold them. */
import { anthropicEvents } from "../../lib/dialect/anthropic_events.ts";
import type { EventFormat, StreamEvent } from "../../lib/dialect/event_format.ts";
import { geminiEvents } from "../../lib/dialect/gemini_events.ts";
import { openaiChat } from "../../lib/dialect/openai_chat.ts";
import { openaiResponses } from "../../lib/dialect/openai_responses.ts";
import { StreamGate } from "../../lib/wire/gate.ts";
import { SseReader } from "../../lib/wire/sse.ts";

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** An event of this data; named where its data names a type, as Anthropic and Responses do. */
export function event(data: unknown): string {
  const name = typeof data === "object" && data !== null && "type" in data
    ? `event: ${data.type}\n`
    : "";
  return `${name}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

/** OpenAI's chunk of a chat completion. */
export function delta(said: unknown, finish_reason: string | null = null): string {
  return event({ choices: [{ index: 0, delta: said, finish_reason }] });
}

export const ROLE = delta({ role: "assistant", content: "" });
export const CONTENT = delta({ content: "Servus" });
export const FINISH = delta({}, "stop");
export const DONE = event("[DONE]");
export const ERROR = event({ error: { message: "Overloaded", code: "overloaded" } });
export const PING = event({ type: "ping" });
export const COMMENT = ": keep-alive\n\n";
export const MALFORMED = 'data: {"choices":[{"delta"\n\n';

/** What a vendor's stream is made of. */
export interface Vendor {
  readonly format: EventFormat;
  /** Come before any content. */
  readonly start: string;
  readonly content: string;
  /** Says that the answer is over, and no more. */
  readonly terminal: string;
  /** Ends the answer too, but leaves the stream held; empty where there is none. */
  readonly finish: string;
  readonly error: string;
}

const FAILED = { type: "response.failed", response: { error: { code: "server_error" } } };

export const VENDORS: readonly Vendor[] = [
  {
    format: openaiChat,
    start: ROLE,
    content: CONTENT,
    terminal: DONE,
    finish: FINISH,
    error: ERROR,
  },
  {
    format: openaiResponses,
    start: event({ type: "response.created", response: { error: null } }),
    content: event({ type: "response.output_text.delta", delta: "Servus" }),
    terminal: event({ type: "response.completed", response: { error: null } }),
    finish: "",
    error: event(FAILED),
  },
  {
    format: anthropicEvents,
    start: event({ type: "message_start", message: { content: [] } }),
    content: event({ type: "content_block_delta", delta: { type: "text_delta", text: "Servus" } }),
    terminal: event({ type: "message_stop" }),
    finish: event({ type: "message_delta", delta: { stop_reason: "end_turn" } }),
    error: event({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }),
  },
  {
    format: geminiEvents,
    start: event({ candidates: [{ content: { role: "model" } }] }),
    content: event({ candidates: [{ content: { parts: [{ text: "Servus" }] } }] }),
    terminal: event({ candidates: [{ finishReason: "STOP" }] }),
    finish: "",
    error: event({ error: { code: 503, status: "UNAVAILABLE" } }),
  },
];

/** A gate before a stream of server-sent events, and the events that it told of. */
export function gateOf({ format = openaiChat, hold = true }: {
  readonly format?: EventFormat;
  readonly hold?: boolean;
} = {}) {
  const events: StreamEvent[] = [];
  /** How many events had come when the first content was told of. */
  const contents: number[] = [];
  const reader = new SseReader({ maxEventBytes: 1024 * 1024 });
  const gate = new StreamGate({
    reader,
    format,
    hold,
    reading: {
      onEvent: (event) => void events.push(event),
      onSign: () => {},
      onContent: () => void contents.push(events.length),
    },
  });
  const push = (...texts: readonly string[]) => texts.forEach((text) => gate.push(bytesOf(text)));
  return { gate, push, events, contents };
}
