/** OpenAI's formats, which most other providers speak too. */
import type { Dialect } from "./dialect.ts";

/** https://platform.openai.com/docs/guides/error-codes */
const ERROR_TYPES: ReadonlyMap<number, string> = new Map([
  [401, "authentication_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [429, "rate_limit_error"],
]);

export const openai: Dialect = {
  name: "openai",
  speaks: () => true,
  modelInPath: () => undefined,
  queryModels: ["model"],
  repeatedModels: [],
  modelPrefix: "",
  credentialHeader: "authorization",
  errorBody({ status, code, message }) {
    const fallback = status < 500 ? "invalid_request_error" : "api_error";
    return { error: { message, type: ERROR_TYPES.get(status) ?? fallback, param: null, code } };
  },
  modelList: (names) => ({ object: "list", data: names.map(model) }),
  model,
};

/** https://platform.openai.com/docs/api-reference/models/object */
function model(name: string): unknown {
  return { id: name, object: "model", created: 0, owned_by: "llm-proxy" };
}
