/** Answers of our own, in the words of the caller's dialect. */
import type { Dialect, Problem } from "../dialect/dialect.ts";
import type { CallerResponse } from "./caller_response.ts";

/** An answer ready to be sent and recorded. */
export interface OwnAnswer extends CallerResponse {
  readonly body: Uint8Array;
}

/** The answer for a problem. */
export function problemAnswer(problem: Problem, dialect: Dialect): OwnAnswer {
  const { status, retryAfterMs } = problem;
  const answer = jsonAnswer(dialect.errorBody(problem), status);
  if (retryAfterMs === undefined) return answer;
  const seconds = String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
  return { ...answer, headers: [...answer.headers, ["retry-after", seconds]] };
}

/** A JSON value as an answer. */
export function jsonAnswer(value: unknown, status = 200): OwnAnswer {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return { status, headers: [["content-type", "application/json"]], body };
}
