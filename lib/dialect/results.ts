/**
 * What a result is: the members without which a reply is no answer, per dialect and kind of call. Whole
 * replies and the events of a stream are asked alike.
 */
import { type Ended, endingOfAll } from "./endings.ts";
import { errorIn, errorInChoices } from "./error_spellings.ts";
import type { EventFormat, Operation } from "./event_format.ts";
import { isFilled, isJsonObject, type JsonObject, objectOf, objectsIn } from "./json_object.ts";

/** How a dialect's results are told. */
export interface ResultRules {
  /** Whether an object holds a result, be it an empty one: whoever ends an answer has given one. */
  readonly holds: (object: JsonObject) => boolean;
  /** Whether an object is one of the dialect's, so that it would hold a result in no other place. */
  readonly isOwn: (object: JsonObject) => boolean;
  /** How the answer in an object ended. */
  readonly ended: (object: JsonObject) => Ended;
}

type FormatName = EventFormat["name"];

/** The table: docs/failures.md has it in words. */
export const RESULTS: Readonly<Record<FormatName, ResultRules>> = {
  openai_chat: {
    holds: ({ choices }) => Array.isArray(choices) && choices.length > 0,
    isOwn: ({ choices, object }) =>
      choices !== undefined || /^(?:chat|text)[._]completion/.test(`${object}`),
    ended: ({ choices }) => endingOfAll(objectsIn(choices).map((each) => each.finish_reason)),
  },
  openai_responses: {
    holds: ({ output, output_text, status, object }) =>
      isFilled(output) || isFilled(output_text) ||
      (isFilled(status) && (Array.isArray(output) || object === "response")),
    isOwn: ({ output, object }) => output !== undefined || /^response/.test(`${object}`),
    ended: ({ status, response }) =>
      isFailed(status) || isFailed(objectOf(response).status) ? "failure" : "open",
  },
  anthropic: {
    holds: ({ content, stop_reason, completion }) =>
      objectsIn(content).length > 0 || isFilled(stop_reason) || typeof completion === "string",
    isOwn: ({ content, type }) => isEmptyList(content) || type === "message",
    ended: ({ stop_reason, delta }) => endingOfAll([stop_reason, objectOf(delta).stop_reason]),
  },
  gemini: {
    holds: ({ candidates, promptFeedback }) => isFilled(candidates) || isFilled(promptFeedback),
    isOwn: (object) => ["candidates", "usageMetadata", "modelVersion"].some((it) => it in object),
    ended: ({ candidates }) => endingOfAll(objectsIn(candidates).map((each) => each.finishReason)),
  },
  // Embeddings, moderations, and what else has no stream of its own.
  unknown: {
    holds: (object) => RESULT_MEMBERS.some((name) => isResult(object[name])),
    isOwn: (object) => RESULT_MEMBERS.some((name) => name in object) || object.object === "list",
    ended: () => "open",
  },
};

const RESULT_MEMBERS = [
  ...["data", "embedding", "embeddings", "results", "predictions"],
  ...["text", "audio", "images", "image", "output"],
];

/** Every other status of a Responses object is an answer, `incomplete` and `cancelled` too. */
function isFailed(status: unknown): boolean {
  return status === "failed" || status === "error";
}

function isEmptyList(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** `data: {"trace": 1}` beside an error is none: results are lists, texts, or objects of lists. */
function isResult(value: unknown): boolean {
  if (!isJsonObject(value)) return isFilled(value);
  return Object.values(value).some((inner) => Array.isArray(inner) && inner.length > 0);
}

/** OpenAI, Anthropic, Gemini, and resellers who count for all of them. */
const COUNTS = ["input_tokens", "totalTokens", "total_tokens", "token_count", "tokens"];

/** Calls that count tokens are answered with a number, 0 included. */
const COUNTING: ResultRules = {
  holds: (object) => COUNTS.some((name) => typeof object[name] === "number"),
  isOwn: () => false,
  ended: () => "open",
};

/** result: there is one, or something that may be one · error: it says so · nothing: neither. */
export type ReplyKind = "result" | "error" | "nothing";

/** What a call is answered with, as far as the answer's shape depends on it. */
export interface AnswerShape {
  readonly events: Pick<EventFormat, "name">;
  readonly kind: Operation["kind"];
}

/**
 * What a whole JSON reply is. It is the missing result that tells: an answer may mention errors. What
 * an unknown vendor fills with anything counts for an answer, since it may have been paid for.
 */
export function replyKindOf(reply: unknown, { events, kind }: AnswerShape): ReplyKind {
  // Google without SSE: a list of one.
  if (Array.isArray(reply) && isJsonObject(reply[0]) && errorIn(reply[0]) !== undefined) {
    return replyKindOf(reply[0], { events, kind });
  }
  if (!isJsonObject(reply)) return isFilled(reply) ? "result" : "nothing";
  const rules = kind === "counting" ? COUNTING : RESULTS[events.name];
  if (rules.ended(reply) === "failure") return "error";
  if (errorInChoices(reply) !== undefined) return "error";
  if (rules.holds(reply)) return "result";
  if (errorIn(reply) !== undefined) return "error";
  return rules.isOwn(reply) || !holdsAnything(reply) ? "nothing" : "result";
}

/** Whether an object holds more than how a call went. */
export function holdsAnything(object: JsonObject): boolean {
  return Object.entries(object).some(([name, value]) => {
    return isFilled(value) && (typeof value === "object" || !PROTOCOL.has(name));
  });
}

/** What says only how a call went. */
const PROTOCOL: ReadonlySet<string> = new Set([
  ...["code", "msg", "message", "status", "success", "request_id", "requestId", "timestamp"],
]);
