import { anthropicEvents } from "./anthropic_events.ts";
import type { EventFormat, Operation } from "./event_format.ts";
import { geminiEvents } from "./gemini_events.ts";
import { openaiChat } from "./openai_chat.ts";
import { openaiResponses } from "./openai_responses.ts";
import { unknownEvents } from "./unknown_events.ts";

interface Pattern extends Operation {
  /** How a path of it ends: what stands before is the backend's own, or Azure's deployment. */
  readonly ending: RegExp;
}

/** The calls on which a model works for the caller. All are POST. */
const OPERATIONS: readonly Pattern[] = [
  inference(/\/completions$/, openaiChat),
  inference(/\/responses(?:\/compact)?$/, openaiResponses),
  inference(/\/(?:embeddings|moderations)$/, unknownEvents),
  // Not OpenAI's /v1/threads/{id}/messages.
  inference(/^(?!.*\/threads\/).*\/messages$/, anthropicEvents),
  counting(/\/messages\/count_tokens$/, anthropicEvents),
  counting(/\/responses\/input_tokens$/, openaiResponses),
  inference(/\/models\/[^/]+:generateContent$/, geminiEvents),
  { ...inference(/\/models\/[^/]+:streamGenerateContent$/, geminiEvents), streamedByPath: true },
  inference(/\/models\/[^/]+:(?:embedContent|batchEmbedContents)$/, unknownEvents),
  counting(/\/models\/[^/]+:countTokens$/, geminiEvents),
];

/**
 * What a request asks a model to do, undefined where it asks nothing of one: files, batches, images,
 * audio, lists … The path comes without its query.
 */
export function operationOf(method: string, path: string): Operation | undefined {
  if (method !== "POST") return undefined;
  const bare = path.replace(/\/$/, "");
  return OPERATIONS.find(({ ending }) => ending.test(bare));
}

function inference(ending: RegExp, events: EventFormat): Pattern {
  return { kind: "inference", events, streamedByPath: false, ending };
}

function counting(ending: RegExp, events: EventFormat): Pattern {
  return { kind: "counting", events, streamedByPath: false, ending };
}
