/** Google Gemini's formats. */
import type { Dialect } from "./dialect.ts";

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

/** `/v1beta/models/{model}:generateContent`; what stands after the last colon is the method. */
const MODEL_IN_PATH = /^(.*\/models\/)(.+):[A-Za-z]+\/?$/;

export const gemini: Dialect = {
  name: "gemini",
  speaks: (path) => GEMINI_PATH.test(`${path}/`),
  modelInPath(path) {
    const [, before, model] = MODEL_IN_PATH.exec(path) ?? [];
    if (before === undefined || model === undefined) return undefined;
    return { start: before.length, end: before.length + model.length };
  },
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
