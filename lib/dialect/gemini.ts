/** Google Gemini's formats. */
import type { Dialect, JsonPath } from "./dialect.ts";

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
const GEMINI_PATH = /\/v1(beta|alpha)\d*\/(?!openai\/)/;

/** The stable version's paths and Vertex AI's, which no `v1beta` tells from OpenAI's `/v1/models/ft:…`. */
const GEMINI_METHOD =
  /\/models\/.+:(?:generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents)\/?$/;

/** `/v1beta/models/{model}:generateContent`; what stands after the last colon is the method. */
const MODEL_IN_PATH = /^(.*\/models\/)(.+):[A-Za-z]+\/?$/;

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
  speaks: (path) => GEMINI_PATH.test(`${path}/`) || GEMINI_METHOD.test(path),
  modelInPath(path) {
    const [, before, model] = MODEL_IN_PATH.exec(path) ?? [];
    if (before === undefined || model === undefined) return undefined;
    const end = before.length + model.length;
    return { start: before.length, end, slash: "stays", elsewhere: "same" };
  },
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

/** https://ai.google.dev/api/models#Model */
function model(name: string): unknown {
  return {
    name: `models/${name}`,
    displayName: name,
    supportedGenerationMethods: ["generateContent", "streamGenerateContent", "countTokens"],
  };
}
