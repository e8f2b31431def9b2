/** The `ai` package's providers, each with what its vendor answers. https://ai-sdk.dev/docs */
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import type { LanguageModel } from "ai";
import { reply, type Script } from "../peer.ts";
import { MESSAGE, TEXT_EVENTS, TOOL_EVENTS } from "./anthropic_replies.ts";
import { CONTENT, CONTENT_PIECES, FUNCTION_CONTENT } from "./google_replies.ts";
import {
  COMPLETION,
  RESPONSE,
  RESPONSE_EVENTS,
  TEXT_CHUNKS,
  TOOL_CHUNKS,
} from "./openai_replies.ts";
import { TOOL_COMPLETION, TOOL_RESPONSE, TOOL_RESPONSE_EVENTS } from "./openai_tool_replies.ts";
import { dataFrame, json, namedFrame, stream } from "./providers.ts";
import type { Destination } from "./same_both_ways.ts";

export interface AiProvider {
  readonly model: (to: Destination) => LanguageModel;
  /** The request lines of a call and of a streamed one. */
  readonly line: string;
  readonly streamedLine: string;
  /** "Hello there.", whole and streamed. */
  readonly text: unknown;
  readonly frames: readonly string[];
  /** A call of `weather` for some city, whole and streamed. */
  readonly toolCall: unknown;
  readonly toolFrames: readonly string[];
  /** What stands in a request that has a tool's result. */
  readonly resultMark: string;
}

const KEY = "caller-key";
const DONE = "data: [DONE]\n\n";

export const AI_PROVIDERS: Readonly<Record<string, AiProvider>> = {
  "openai (responses)": {
    model: ({ url, model }) => openaiProviderAt(url)(model),
    ...bothLines("POST /v1/responses"),
    text: RESPONSE,
    frames: RESPONSE_EVENTS.map(namedFrame),
    toolCall: TOOL_RESPONSE,
    toolFrames: TOOL_RESPONSE_EVENTS.map(namedFrame),
    resultMark: `"function_call_output"`,
  },
  "openai (chat)": {
    model: ({ url, model }) => openaiProviderAt(url).chat(model),
    ...bothLines("POST /v1/chat/completions"),
    text: COMPLETION,
    frames: [...TEXT_CHUNKS.map(dataFrame), DONE],
    toolCall: TOOL_COMPLETION,
    toolFrames: [...TOOL_CHUNKS.map(dataFrame), DONE],
    resultMark: `"role":"tool"`,
  },
  "anthropic": {
    model: ({ url, model }) => createAnthropic({ apiKey: KEY, baseURL: `${url}/v1` })(model),
    ...bothLines("POST /v1/messages"),
    text: MESSAGE,
    frames: TEXT_EVENTS.map(namedFrame),
    toolCall: {
      ...MESSAGE,
      content: [{ type: "tool_use", id: "toolu_1", name: "weather", input: { city: "Rome" } }],
      stop_reason: "tool_use",
    },
    toolFrames: TOOL_EVENTS.map(namedFrame),
    resultMark: `"tool_result"`,
  },
  "google": {
    model: ({ url, model }) => googleProviderAt(url)(model),
    line: "POST /v1beta/models/model-a:generateContent",
    streamedLine: "POST /v1beta/models/model-a:streamGenerateContent?alt=sse",
    text: CONTENT,
    frames: CONTENT_PIECES.map(dataFrame),
    toolCall: FUNCTION_CONTENT,
    toolFrames: [dataFrame(FUNCTION_CONTENT)],
    resultMark: `"functionResponse"`,
  },
};

export function openaiProviderAt(url: string) {
  return createOpenAI({ apiKey: KEY, baseURL: `${url}/v1` });
}

export function googleProviderAt(url: string) {
  return createGoogleGenerativeAI({ apiKey: KEY, baseURL: `${url}/v1beta` });
}

/** A provider that calls the tool, and answers in words once it has the tool's result. */
export function twoRounds({ resultMark, ...answers }: AiProvider, streamed: boolean): Script {
  const first = streamed ? stream(answers.toolFrames) : json(answers.toolCall);
  const second = streamed ? stream(answers.frames) : json(answers.text);
  return (exchange) => {
    const body = new TextDecoder().decode(exchange.request.body);
    return (body.includes(resultMark) ? second : first)(exchange);
  };
}

/** Vectors for as many texts as were asked for, in OpenAI's format. */
export const VECTORS: Script = ({ request, write }) => {
  const { input } = JSON.parse(new TextDecoder().decode(request.body));
  const data = input.map((_: unknown, index: number) => {
    return { object: "embedding", index, embedding: [0.25, -1, index] };
  });
  const usage = { prompt_tokens: 2, total_tokens: 2 };
  return write(reply(200, JSON.stringify({ object: "list", data, model: "model-a", usage })));
};

function bothLines(line: string) {
  return { line, streamedLine: line };
}
