/** Answers of the admin port, and the headers that every one of them carries. */
import type { CallerResponse } from "../wire/caller_response.ts";
import type { RawHeaders } from "../wire/headers.ts";
import { jsonAnswer } from "../wire/own_answer.ts";

/** No script but our own file, no style but our own, nothing from elsewhere, in no frame. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");

const SAFETY: RawHeaders = [
  ["content-security-policy", CONTENT_SECURITY_POLICY],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
  ["cache-control", "no-store"],
  ["cross-origin-resource-policy", "same-origin"],
  ["cross-origin-opener-policy", "same-origin"],
];

/**
 * The answer with the headers that keep a browser from doing with it what it should not; one that it has
 * itself stays as it is.
 */
export function secured(answer: CallerResponse): CallerResponse {
  const own = new Set(answer.headers.map(([name]) => name.toLowerCase()));
  return { ...answer, headers: [...answer.headers, ...SAFETY.filter(([name]) => !own.has(name))] };
}

/** Why a call was not answered with what it asked for. */
export interface AdminProblem {
  readonly status: number;
  /** Stable, for programs. */
  readonly code: string;
  /** For people: what happened and what to do. */
  readonly message: string;
}

export function problem({ status, code, message }: AdminProblem): CallerResponse {
  return jsonAnswer({ error: { code, message } }, status);
}

export function textAnswer(text: string, type: string, status = 200): CallerResponse {
  const body = new TextEncoder().encode(text);
  return { status, headers: [["content-type", `${type}; charset=utf-8`]], body };
}
