/** Answers of our own, in the words of the caller's dialect. */
import type { Dialect, Problem } from "../dialect/dialect.ts";
import type { CallerResponse } from "./caller_response.ts";
import type { RawHeaders } from "./headers.ts";

/** An answer ready to be sent and recorded. */
export interface OwnAnswer extends CallerResponse {
  readonly body: Uint8Array;
}

/** What a 405 must name. https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6 */
export const ALLOW = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/** What a 426 must name: the protocol to use instead. https://www.rfc-editor.org/rfc/rfc9110#section-15.5.22 */
const PLAIN_HTTP = "HTTP/1.1";

/** The answer for a problem. */
export function problemAnswer(problem: Problem, dialect: Dialect): OwnAnswer {
  const answer = jsonAnswer(dialect.errorBody(problem), problem.status);
  return { ...answer, headers: [...answer.headers, ...fieldsFor(problem)] };
}

/** What a 401 must have. https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2 */
const CHALLENGE = "Bearer";

function fieldsFor({ status, retryAfterMs }: Problem): RawHeaders {
  if (status === 401) return [["www-authenticate", CHALLENGE]];
  if (status === 405) return [["allow", ALLOW]];
  if (status === 426) return [["upgrade", PLAIN_HTTP]];
  if (retryAfterMs === undefined) return [];
  return [["retry-after", String(Math.max(1, Math.ceil(retryAfterMs / 1000)))]];
}

/** A JSON value as an answer. */
export function jsonAnswer(value: unknown, status = 200): OwnAnswer {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return { status, headers: [["content-type", "application/json"]], body };
}
