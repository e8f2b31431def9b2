/** A call and its answer in each vendor's format, streamed and not, byte for byte. */
import { Buffer } from "node:buffer";
import type { RawRequest } from "./caller.ts";
import { chunk, rawReply } from "./peer.ts";

export interface VendorCall {
  /** For test names. */
  readonly name: string;
  readonly request: RawRequest;
  /** The events of a streamed answer; empty for the whole one. */
  readonly events: readonly string[];
  /** The answer's header lines, less the framing. */
  readonly answerLines: readonly string[];
  /** The answer's body, out of its framing. */
  readonly answerBody: string;
  /** The answer on the wire. */
  readonly answer: Uint8Array;
}

const OPENAI_EVENTS = [
  `data: {"id":"c1","choices":[{"index":0,"delta":{"role":"assistant","content":"Grüß"}}]}\n\n`,
  `: keep-alive\n\n`,
  `data: {"id":"c1","choices":[{"index":0,"delta":{"content":" Gott"}}]}\r\n\r\n`,
  `data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n`,
  `data: [DONE]\n\n`,
];

const ANTHROPIC_EVENTS = [
  `event: message_start\ndata: {"type":"message_start","message":{"id":"m1","content":[]}}\n\n`,
  `event: ping\ndata: {"type": "ping"}\n\n`,
  `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":` +
  `{"type":"text_delta","text":"Servus"}}\n\n`,
  `event: message_stop\ndata: {"type":"message_stop"}\n\n`,
];

const openai = {
  target: "/v1/chat/completions",
  lines: ["Content-Type: application/json", "Authorization: Bearer sk-caller-1234567890"],
};

const anthropic = {
  target: "/v1/messages?beta=true",
  lines: [
    "Content-Type: application/json",
    "x-api-key: sk-ant-caller-1234567890",
    "anthropic-version: 2023-06-01",
  ],
};

/** The OpenAI and the Anthropic style, each whole and streamed. All ask for the alias `chat`. */
export const VENDOR_CALLS: readonly VendorCall[] = [
  whole("OpenAI", openai, `{"id":"c1", "choices":[{"message":{"content":"Grüß Gott"}}]}\n`),
  streamed("OpenAI", openai, OPENAI_EVENTS),
  whole("Anthropic", anthropic, `{"type":"message","content":[{"type":"text","text":"Servus"}]}`),
  streamed("Anthropic", anthropic, ANTHROPIC_EVENTS),
];

function whole(vendor: string, endpoint: RawRequest, answerBody: string): VendorCall {
  const answerLines = ["Content-Type: application/json", "X-Request-ID: r-1", "server: vendor"];
  return {
    name: vendor,
    request: { ...endpoint, body: `{"model":"chat","messages":[]}` },
    events: [],
    answerLines,
    answerBody,
    answer: rawReply(200, answerLines, answerBody),
  };
}

function streamed(vendor: string, endpoint: RawRequest, events: readonly string[]): VendorCall {
  const answerLines = ["Content-Type: text/event-stream; charset=utf-8", "X-Request-ID: r-2"];
  const head = ["HTTP/1.1 200 OK", ...answerLines, "Transfer-Encoding: chunked"].join("\r\n");
  return {
    name: `${vendor} streamed`,
    request: { ...endpoint, body: `{"model":"chat","stream":true,"messages":[]}` },
    events,
    answerLines,
    answerBody: events.join(""),
    answer: Buffer.from(`${head}\r\n\r\n${events.map(chunk).join("")}${chunk("")}`),
  };
}
