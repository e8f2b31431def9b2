/** Google Gemini's formats. */
import type { RawHeaders } from "../wire/headers.ts";
import type { Dialect, JsonPath, PathModel } from "./dialect.ts";

/** https://ai.google.dev/gemini-api/docs/troubleshooting */
const STATUS_NAMES: ReadonlyMap<number, string> = new Map([
  [401, "UNAUTHENTICATED"],
  [403, "PERMISSION_DENIED"],
  [404, "NOT_FOUND"],
  [429, "RESOURCE_EXHAUSTED"],
  [500, "INTERNAL"],
  [502, "UNAVAILABLE"],
  [503, "UNAVAILABLE"],
  [504, "DEADLINE_EXCEEDED"],
]);

/** Not Google's OpenAI-compatible endpoints, `/v1beta/openai/…`. */
const GEMINI_PATH = /\/v1(?:beta|alpha)\d*(?:$|\/(?!openai(?:\/|$)))/;

/** Lists that OpenAI has under the same path: only who asks tells them apart. */
const LISTS = /^\/v1\/models(?:\/[^/]*)?$/;

/** `/v1beta/models/{model}:generateContent`; what stands after the last colon is the method. */
const METHOD = /:([A-Za-z]+)\/?$/;
const MODELS = "/models/";

/**
 * They tell the stable version's paths and Vertex AI's, which have no `v1beta`, from OpenAI's
 * `/v1/models/ft:…`.
 */
const METHODS: ReadonlySet<string> = new Set([
  "generateContent",
  "streamGenerateContent",
  "countTokens",
  "embedContent",
  "batchEmbedContents",
]);

/**
 * Requests within a request name the model again, as `models/{model}`, and Google refuses another one.
 * https://ai.google.dev/api/tokens, https://ai.google.dev/api/embeddings, https://ai.google.dev/api/batch-api
 */
const REPEATED_MODELS: readonly JsonPath[] = [
  [["generateContentRequest", "generate_content_request"], ["model"]],
  [["requests"], "*", ["model"]],
  [["batch"], ["model"]],
  [
    ["batch"],
    ["inputConfig", "input_config"],
    ["requests"],
    ["requests"],
    "*",
    ["request"],
    ["model"],
  ],
];

export const gemini: Dialect = {
  name: "gemini",
  speaks: (path, headers) =>
    GEMINI_PATH.test(path) || isStable(path) || (LISTS.test(path) && isGoogles(headers)),
  modelInPath,
  queryModels: ["model"],
  repeatedModels: REPEATED_MODELS,
  modelPrefix: "models/",
  credentialHeader: "x-goog-api-key",
  errorBody({ status, message }) {
    const name = STATUS_NAMES.get(status) ?? "INVALID_ARGUMENT";
    return { error: { code: status, message, status: name } };
  },
  modelList: (names) => ({ models: names.map(model) }),
  model,
};

function modelInPath(path: string): PathModel | undefined {
  const colon = METHOD.exec(path)?.index ?? 0;
  const mark = path.lastIndexOf(MODELS, colon - MODELS.length - 1);
  if (colon <= MODELS.length || mark < 0) return undefined;
  return { start: mark + MODELS.length, end: colon, slash: "stays", elsewhere: "same" };
}

/** Google's clients name themselves, and carry a key in a header of their own. */
function isGoogles(headers: RawHeaders): boolean {
  return headers.some(([name]) => /^x-goog-api-(?:client|key)$/i.test(name));
}

function isStable(path: string): boolean {
  const [, method = ""] = METHOD.exec(path) ?? [];
  return METHODS.has(method) && modelInPath(path) !== undefined;
}

/** https://ai.google.dev/api/models#Model */
function model(name: string): unknown {
  return {
    name: `models/${name}`,
    displayName: name,
    supportedGenerationMethods: ["generateContent", "streamGenerateContent", "countTokens"],
  };
}
