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

/** Where nobody knows when a 503 will be over. */
const USUAL_WAIT_MS = 30_000;

function fieldsFor({ status, retryAfterMs }: Problem): RawHeaders {
  return [...requiredBy(status), ...retryFields(status, retryAfterMs)];
}

function requiredBy(status: number): RawHeaders {
  if (status === 401) return [["www-authenticate", CHALLENGE]];
  if (status === 405) return [["allow", ALLOW]];
  return status === 426 ? [["upgrade", PLAIN_HTTP]] : [];
}

/**
 * When to come again, or that it is no use: clients of OpenAI and Anthropic repeat even a 401 for
 * minutes, unless `x-should-retry` says otherwise
 * (https://github.com/openai/openai-python/blob/main/src/openai/_base_client.py).
 */
function retryFields(status: number, retryAfterMs: number | undefined): RawHeaders {
  const waitMs = retryAfterMs ?? (status === 503 ? USUAL_WAIT_MS : undefined);
  if (waitMs !== undefined) return [["retry-after", String(Math.max(1, Math.ceil(waitMs / 1000)))]];
  const isFinal = status === LOOP || (status >= 400 && status < 500 && !PASSING.has(status));
  return isFinal ? [["x-should-retry", "false"]] : [];
}

/** No matter of time: somebody has to correct a configuration. */
const LOOP = 508;

/** A time-out and a limit are over some day. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/** A JSON value as an answer. */
export function jsonAnswer(value: unknown, status = 200): OwnAnswer {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return { status, headers: [["content-type", "application/json"]], body };
}
