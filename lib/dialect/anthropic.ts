/** Anthropic's formats. */
import { isField } from "../fields/is_field.ts";
import type { Dialect } from "./dialect.ts";

/** https://docs.anthropic.com/en/api/errors */
const ERROR_TYPES: ReadonlyMap<number, string> = new Map([
  [401, "authentication_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [413, "request_too_large"],
  [429, "rate_limit_error"],
  [503, "overloaded_error"],
  [504, "timeout_error"],
]);

/** Not OpenAI's `/v1/threads/{id}/messages`. */
const MESSAGES = /^(?!.*\/threads\/).*\/messages(\/(count_tokens|batches)(\/.*)?)?$/;

export const anthropic: Dialect = {
  name: "anthropic",
  speaks: (path, headers) =>
    isOfMessages(path) || headers.some((header) => isField(header, "anthropic-version")),
  modelInPath: () => undefined,
  queryModels: ["model"],
  repeatedModels: [],
  modelPrefix: "",
  credentialHeader: "x-api-key",
  errorBody({ status, message }) {
    const fallback = status < 500 ? "invalid_request_error" : "api_error";
    return { type: "error", error: { type: ERROR_TYPES.get(status) ?? fallback, message } };
  },
  modelList: (names) => ({
    data: names.map(model),
    has_more: false,
    first_id: names[0] ?? null,
    last_id: names.at(-1) ?? null,
  }),
  model,
};

/** Few paths have the word; the expression takes longer to say so. */
function isOfMessages(path: string): boolean {
  return path.includes("/messages") && MESSAGES.test(path);
}

/** https://docs.anthropic.com/en/api/models-list */
function model(name: string): unknown {
  return { type: "model", id: name, display_name: name, created_at: "1970-01-01T00:00:00Z" };
}
