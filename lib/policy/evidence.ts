/** What an attempt's outcome shows, in the terms of the table. */
import type { FaultCode, Outcome } from "../wire/outcome.ts";
import { aboutWords } from "./blame.ts";
import { type ErrorClass, errorClassOfReply, NOTHING_SAID } from "./error_class.ts";
import { inspectionWords } from "./inspection_words.ts";
import type { Circumstances } from "./judge.ts";
import { matchingPattern } from "./patterns.ts";

/** What the table is asked about. */
export interface Evidence extends Circumstances {
  readonly outcome: Outcome;
  readonly fault: FaultCode | undefined;
  /** 0 for a fault. */
  readonly status: number;
  /** The error pattern that matched, as written. */
  readonly pattern: string | undefined;
  /** What an error is about, wherever it stands. */
  readonly about: ErrorClass;
  readonly reason: string;
}

/** An outcome with all that it shows. */
export function evidenceOf(outcome: Outcome, circumstances: Circumstances): Evidence {
  if (outcome.kind === "fault") {
    const reason = `${FAULT_WORDS[outcome.code]} (${outcome.detail})`;
    const none = { fault: outcome.code, status: 0, pattern: undefined, about: NOTHING_SAID };
    return { ...circumstances, outcome, ...none, reason };
  }
  const { status, errorText, inspection } = outcome;
  const { errorPatterns, errorCodes } = circumstances.detection;
  const pattern = status < 400
    ? undefined
    : matchingPattern({ status, text: errorText }, errorPatterns)?.source;
  const matched = pattern === undefined ? "" : `, matches error pattern ${JSON.stringify(pattern)}`;
  const listed = errorCodes.has(status) ? ", one of error_codes" : "";
  const about = errorClassOfReply(outcome);
  const what = aboutWords(about);
  const reason = `status ${status}${listed}${matched}${inspectionWords(inspection)}${what}`;
  return { ...circumstances, outcome, fault: undefined, status, pattern, about, reason };
}

export function isCounting(e: Evidence): boolean {
  return e.operation?.kind === "counting";
}

export function injects(e: Evidence): boolean {
  return e.auth === "inject";
}

export function isAbout(
  { about }: Evidence,
  ...kinds: readonly Evidence["about"]["kind"][]
): boolean {
  return kinds.includes(about.kind);
}

export function refusedKey(e: Evidence): boolean {
  return isAbout(e, "refused_key");
}

/** A refusal of the caller's own key, unless the operator says otherwise. */
export function refusesCallers(e: Evidence): boolean {
  return refusedKey(e) && e.status >= 400 && !inErrorCodes(e) && e.pattern === undefined;
}

/** Some say with a 5xx what the prompt has brought about. */
export function isOfPrompt(e: Evidence): boolean {
  return isAbout(e, "too_long", "flagged") && e.pattern === undefined;
}

export function hasAnotherKey(e: Evidence): boolean {
  return injects(e) && e.otherKeys > 0;
}

export function inErrorCodes(e: Evidence): boolean {
  return e.detection.errorCodes.has(e.status);
}

const FAULT_WORDS: Readonly<Record<FaultCode, string>> = {
  caller_left: "the caller went away",
  request_refused: "the request cannot be sent",
  internal_error: "internal error",
  own_shortage: "this machine lets the proxy make no connection",
  connect_failed: "cannot connect",
  connect_timeout: "no connection in time",
  connection_lost: "the connection broke before a response head",
  invalid_reply: "what came is not an HTTP response",
  first_byte_timeout: "no response head in time",
};
