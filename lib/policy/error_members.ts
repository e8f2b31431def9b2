/** A JSON object of which nothing is known. */
export type Members = Readonly<Record<string, unknown>>;

export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The members of the error that a JSON text reports, wherever the vendor puts it: under `error`,
 * under `response.error` (OpenAI's `response.failed`), in a list of one (Gemini without SSE), or at
 * the top. Empty when the text is no JSON object.
 */
export function errorMembers(errorText: string): Members {
  const top = parsedMembers(errorText);
  if (isMembers(top.error)) return top.error;
  if (isMembers(top.response) && isMembers(top.response.error)) return top.response.error;
  return top;
}

/** The members of the object that a JSON text holds, alone or in a list of one; else empty. */
export function parsedMembers(text: string): Members {
  const parsed = parse(text);
  const top = Array.isArray(parsed) ? parsed[0] : parsed;
  return isMembers(top) ? top : {};
}

function parse(text: string): unknown {
  // What is no object or list is nothing here, and a throw costs more than a look.
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
