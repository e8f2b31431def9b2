/** The calls that a model answers: how each is done, and the whole paths under which it is reached. */
import { anthropicEvents } from "./anthropic_events.ts";
import type { EventFormat, Operation } from "./event_format.ts";
import { geminiEvents } from "./gemini_events.ts";
import { openaiChat } from "./openai_chat.ts";
import { openaiResponses } from "./openai_responses.ts";
import { unknownEvents } from "./unknown_events.ts";

/** A kind of call. `{model}` stands for a model's name in the path. */
interface Row {
  /** How its paths end, in the vendors' spelling. */
  readonly tails: readonly string[];
  /** What may stand before that, for the path to be whole. */
  readonly roots: readonly string[];
  /** By which request it is made. */
  readonly by: "POST" | "WebSocket";
  /** Undefined where it may create something: images, audio, videos. */
  readonly operation: Operation | undefined;
  /** A path that ends so, and is another vendor's. */
  readonly except?: RegExp;
}

/** https://platform.openai.com/docs/api-reference and who speaks it under a path of his own: Azure, Google. */
const OPENAI = [
  "",
  "/v1",
  "/openai",
  "/openai/v1",
  "/openai/deployments/{model}",
  "/v1beta/openai",
];

/** https://docs.anthropic.com/en/api/messages, and the same at Azure and others. */
const ANTHROPIC = ["", "/v1", "/anthropic", "/anthropic/v1"];

/** https://ai.google.dev/api */
const GEMINI = ["", "/v1", "/v1beta", "/v1alpha"];

const OPERATIONS: readonly Row[] = [
  inference(["chat/completions", "completions"], OPENAI, openaiChat),
  inference(["responses", "responses/compact"], OPENAI, openaiResponses),
  inference(["embeddings", "moderations"], OPENAI, unknownEvents),
  {
    ...inference(["messages"], ANTHROPIC, anthropicEvents),
    except: /\/threads\//, // OpenAI's /v1/threads/{id}/messages
  },
  counting(["messages/count_tokens"], ANTHROPIC, anthropicEvents),
  inference(["models/{model}:generateContent"], GEMINI, geminiEvents),
  streamed(inference(["models/{model}:streamGenerateContent"], GEMINI, geminiEvents)),
  inference(["embedContent", "batchEmbedContents"].map(ofModel), GEMINI, unknownEvents),
  counting(["models/{model}:countTokens"], GEMINI, geminiEvents),
  creating(["predict", "predictLongRunning"].map(ofModel), ["/v1beta", "/v1alpha"]),
  creating(["images/generations", "images/edits", "images/variations"], OPENAI),
  creating(["audio/speech", "audio/transcriptions", "audio/translations"], OPENAI),
  // Azure's and others' names for the creation of a video stand beside OpenAI's.
  creating(["videos", "videos/generations", "video/generations", "video/generations/jobs"], OPENAI),
  counting(["responses/input_tokens"], OPENAI, openaiResponses),
  creating(["rerank"], OPENAI),
  { ...creating(["realtime"], OPENAI), by: "WebSocket" },
];

/** How a path of an operation ends: what stands before is the backend's own, or Azure's deployment. */
const ENDINGS = OPERATIONS.flatMap(({ operation, tails, except }) => {
  return operation === undefined ? [] : [{ operation, ending: endingOf(tails), except }];
});

/**
 * What a request asks a model to do, undefined where it asks nothing of one: files, batches, images,
 * audio, lists … The path comes without its query, and may have any root.
 */
export function operationOf(method: string, path: string): Operation | undefined {
  if (method !== "POST") return undefined;
  const bare = path.replace(/\/$/, "");
  return ENDINGS.find(({ ending, except }) => ending.test(bare) && except?.test(bare) !== true)
    ?.operation;
}

/** Every whole path, and by which request it is called. */
export const WHOLE_PATHS: ReadonlyMap<string, Row["by"]> = new Map(
  OPERATIONS.flatMap(({ tails, roots, by }) => {
    return roots.flatMap((root) => tails.map((tail) => [`${root}/${tail}`, by] as const));
  }),
);

/** Characters [start, end) of a path. */
interface Part {
  readonly start: number;
  readonly end: number;
}

/**
 * By which request a model is called under this path, letter for letter; undefined where none is: with
 * another root, a slash too many, an escape, another case.
 *
 * @param model where the path names the model; undefined where it does not
 */
export function modelCallAt(path: string, model: Part | undefined): Row["by"] | undefined {
  if (model === undefined) return path.includes("{") ? undefined : WHOLE_PATHS.get(path);
  return WHOLE_PATHS.get(`${path.slice(0, model.start)}{model}${path.slice(model.end)}`);
}

function endingOf(tails: readonly string[]): RegExp {
  return new RegExp(`/(?:${tails.join("|").replaceAll("{model}", "[^/]+")})$`);
}

function ofModel(method: string): string {
  return `models/{model}:${method}`;
}

function inference(tails: readonly string[], roots: readonly string[], events: EventFormat): Row {
  const operation = { kind: "inference", events, streamedByPath: false } as const;
  return { tails, roots, by: "POST", operation };
}

function counting(tails: readonly string[], roots: readonly string[], events: EventFormat): Row {
  const operation = { kind: "counting", events, streamedByPath: false } as const;
  return { tails, roots, by: "POST", operation };
}

function creating(tails: readonly string[], roots: readonly string[]): Row {
  return { tails, roots, by: "POST", operation: undefined };
}

function streamed({ operation, ...row }: Row): Row {
  return { ...row, operation: operation && { ...operation, streamedByPath: true } };
}
