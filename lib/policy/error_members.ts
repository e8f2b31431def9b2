/** Where a JSON text reports an error, whoever worded it. */
import { errorIn } from "../dialect/error_spellings.ts";
import { isJsonObject, type JsonObject, objectOf, parseJson } from "../dialect/json_object.ts";

/**
 * The members of the error that a JSON text reports, wherever the vendor puts it: under `error`, under
 * `response.error` (OpenAI's `response.failed`), in a list of one (Gemini without SSE), in any other
 * spelling, or at the top. Empty when the text is no JSON object.
 */
export function errorMembers(errorText: string): JsonObject {
  const top = parsedMembers(errorText);
  if (isJsonObject(top.error)) return top.error;
  const { error } = objectOf(top.response);
  return isJsonObject(error) ? error : errorIn(top) ?? top;
}

/** The members of the object that a JSON text holds, alone or in a list of one; else empty. */
export function parsedMembers(text: string): JsonObject {
  // What is no object or list is nothing here, and a throw costs more than a look.
  const parsed = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  return objectOf(Array.isArray(parsed) ? parsed[0] : parsed);
}
