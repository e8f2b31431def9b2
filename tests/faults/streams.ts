/** Streams of each vendor in their parts: whole, healthy, or as far as a test wants them to come. */
import { Buffer } from "node:buffer";
import type { RawRequest } from "../caller.ts";
import { chunk } from "../peer.ts";
import type { Answer } from "./answers.ts";

/** A vendor's stream; each event as it stands in the body. */
export interface VendorStream {
  readonly name: string;
  /** Asks for the alias `chat`. */
  readonly request: RawRequest;
  readonly contentType: string;
  /** Says nothing yet. */
  readonly opening: readonly string[];
  readonly content: readonly string[];
  /** Ends a whole answer. */
  readonly closing: readonly string[];
  readonly errors: readonly string[];
  /** What stands before, between and after the events. */
  readonly frame: readonly [string, string, string];
}

const SSE = { contentType: "text/event-stream", frame: ["", "", ""] } as const;

export const OPENAI_CHAT: VendorStream = {
  ...SSE,
  name: "OpenAI chat",
  request: { body: `{"model":"chat","stream":true,"messages":[]}` },
  opening: [
    `data: {"id":"c1","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n`,
  ],
  content: [
    `data: {"id":"c1","choices":[{"index":0,"delta":{"content":"Grüß"}}]}\n\n`,
    `data: {"id":"c1","choices":[{"index":0,"delta":{"content":" Gott 🌍"}}]}\n\n`,
  ],
  closing: [
    `data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n`,
    `data: [DONE]\n\n`,
  ],
  errors: [`data: {"error":{"message":"Overloaded","type":"server_error","code":null}}\n\n`],
};

export const OPENAI_RESPONSES: VendorStream = {
  ...SSE,
  name: "OpenAI Responses",
  request: { target: "/v1/responses", body: `{"model":"chat","stream":true,"input":"Servus"}` },
  opening: [
    typed("response.created", `"response":{"id":"r1","status":"in_progress","error":null}`),
  ],
  content: [
    typed("response.output_text.delta", `"delta":"Grüß"`),
    typed("response.output_text.delta", `"delta":" Gott 🌍"`),
  ],
  closing: [
    typed("response.completed", `"response":{"id":"r1","status":"completed","error":null}`),
  ],
  errors: [
    typed("error", `"code":"server_error","message":"Overloaded","param":null`),
    typed("response.failed", `"response":{"id":"r1","error":{"code":"server_error"}}`),
  ],
};

export const ANTHROPIC: VendorStream = {
  ...SSE,
  name: "Anthropic",
  request: {
    target: "/v1/messages",
    lines: ["anthropic-version: 2023-06-01"],
    body: `{"model":"chat","stream":true,"max_tokens":9,"messages":[]}`,
  },
  opening: [
    typed("message_start", `"message":{"id":"m1","content":[],"stop_reason":null}`),
    typed("content_block_start", `"index":0,"content_block":{"type":"text","text":""}`),
    typed("ping"),
  ],
  content: [
    typed("content_block_delta", `"index":0,"delta":{"type":"text_delta","text":"Grüß"}`),
    typed("content_block_delta", `"index":0,"delta":{"type":"text_delta","text":" Gott 🌍"}`),
  ],
  closing: [
    typed("message_delta", `"delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}`),
    typed("message_stop"),
  ],
  errors: [typed("error", `"error":{"type":"overloaded_error","message":"Overloaded"}`)],
};

const GEMINI_OBJECTS = {
  opening: [`{"candidates":[{"content":{"role":"model"},"index":0}]}`],
  content: [
    `{"candidates":[{"content":{"parts":[{"text":"Grüß"}]}}]}`,
    `{"candidates":[{"content":{"parts":[{"text":" [Gott] 🌍"}]}}]}`,
  ],
  closing: [`{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"totalTokenCount":9}}`],
  errors: [`{"error":{"code":503,"message":"Overloaded","status":"UNAVAILABLE"}}`],
};

export const GEMINI: VendorStream = {
  ...SSE,
  name: "Gemini",
  request: {
    target: "/v1beta/models/chat:streamGenerateContent?alt=sse",
    body: `{"contents":[]}`,
  },
  opening: GEMINI_OBJECTS.opening.map(asData),
  content: GEMINI_OBJECTS.content.map(asData),
  closing: GEMINI_OBJECTS.closing.map(asData),
  errors: GEMINI_OBJECTS.errors.map(asData),
};

export const GEMINI_ARRAY: VendorStream = {
  ...GEMINI_OBJECTS,
  name: "Gemini as an array",
  request: { ...GEMINI.request, target: "/v1beta/models/chat:streamGenerateContent" },
  contentType: "application/json; charset=UTF-8",
  frame: ["[", ",\r\n", "]\n"],
};

export const SSE_STREAMS = [OPENAI_CHAT, OPENAI_RESPONSES, ANTHROPIC, GEMINI];
export const STREAMS = [...SSE_STREAMS, GEMINI_ARRAY];

function typed(type: string, members = ""): string {
  return `event: ${type}\ndata: {"type":"${type}"${members && `,${members}`}}\n\n`;
}

function asData(object: string): string {
  return `data: ${object}\r\n\r\n`;
}

export function eventsOf({ opening, content, closing }: VendorStream): string[] {
  return [...opening, ...content, ...closing];
}

/** What stands of the events in a body that may go on. */
export function startOf(
  { frame: [before, between] }: VendorStream,
  events: readonly string[],
): string {
  return before + events.join(between);
}

/** A body of these events and no more. */
export function bodyOf(stream: VendorStream, events: readonly string[]): string {
  return startOf(stream, events) + stream.frame[2];
}

/** The lines of a stream's head, and the head on the wire, chunked unless told otherwise. */
export function linesOf({ contentType }: VendorStream): string[] {
  return [`Content-Type: ${contentType}`, "X-Request-ID: s-1"];
}

export function headOf(stream: VendorStream, framing = "Transfer-Encoding: chunked"): string {
  return `HTTP/1.1 200 OK\r\n${[...linesOf(stream), framing].join("\r\n")}\r\n\r\n`;
}

/** A stream as an answer; whole, unless told which events. */
export function streamed(
  stream: VendorStream,
  events: readonly string[] = eventsOf(stream),
): Answer {
  const body = bodyOf(stream, events);
  const bytes = Buffer.from(headOf(stream) + chunk(body) + chunk(""));
  return { status: 200, lines: linesOf(stream), body, bytes };
}

/** What a healthy backend streams: other bytes than `streamed`. */
export function healthy(stream: VendorStream): Answer {
  return streamed(stream, [...stream.opening, ...stream.content.toReversed(), ...stream.closing]);
}
