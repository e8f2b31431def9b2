/**
 * What an attempt's outcome means: give it to the caller, try the next route, or stop. The table is
 * the specification (docs/failures.md), row by row; the first row that matches decides.
 */
import type { DetectionSettings } from "../config/snapshot.ts";
import type { Problem } from "../dialect/dialect.ts";
import type { Operation } from "../dialect/event_format.ts";
import type { Inspection } from "../wire/inspection.ts";
import type { FaultCode, Outcome, Reply } from "../wire/outcome.ts";
import { inspectionWords } from "./inspection_words.ts";
import { matchingPattern } from "./patterns.ts";

/** `row` is the row of the table that decided, `reason` the evidence in words. */
export type Verdict = { readonly row: number; readonly reason: string } & Decision;

type Decision =
  | { readonly action: "relay"; readonly answer: Answer }
  | {
    readonly action: "fallback";
    readonly cool: Scope;
    readonly ifLast: IfLast;
    /** Whether the next route gets its chance; else this is the last attempt. */
    readonly movesOn: boolean;
  }
  | { readonly action: "abandon" };

/** What the caller gets: a backend's reply as it came, or a problem of our own. */
export type Answer =
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "problem"; readonly problem: Problem };

/** What the caller sees of a failure, should nothing better come: the reply, or our own status. */
export type IfLast = "as_it_came" | 502 | 503 | 504;

/** What a failure takes out of use. */
export type Scope = "nothing" | "key" | "route" | "backend";

/** Where in its request an attempt stands. */
export interface Circumstances {
  readonly detection: DetectionSettings;
  readonly auth: "passthrough" | "inject";
  readonly firstAttempt: boolean;
  /** Keys of the backend's pool, besides the one used, that may be tried now. */
  readonly otherKeys: number;
  /** What the call asks for; undefined where it may create something, or only moves bytes. */
  readonly operation: Operation | undefined;
  readonly upgrade: boolean;
}

/** The verdict on an outcome, by the first row that matches. */
export function judge(outcome: Outcome, circumstances: Circumstances): Verdict {
  const evidence = evidenceOf(outcome, circumstances);
  const row = ROWS.find((candidate) => candidate.matches(evidence));
  if (row === undefined) throw new Error(`No row of the table matches ${evidence.reason}`);
  return { row: row.number, reason: evidence.reason, ...row.decide(evidence) };
}

interface Evidence extends Circumstances {
  readonly outcome: Outcome;
  readonly fault: FaultCode | undefined;
  /** 0 for a fault. */
  readonly status: number;
  /** The error pattern that matched, as written. */
  readonly pattern: string | undefined;
  readonly reason: string;
}

interface Row {
  readonly number: number;
  readonly matches: (evidence: Evidence) => boolean;
  readonly decide: Decide;
}

type Decide = (evidence: Evidence) => Decision;

const ANY_CALL = () => true;
/** Only a call that leaves nothing behind moves on; before its 101, a WebSocket has accepted nothing. */
const HARMLESS = (e: Evidence) => e.operation !== undefined || e.upgrade;

/**
 * A route at its `max_concurrent`, row 2 too, is decided before an attempt (state/health.ts); rows 19
 * and 20, what befalls a reply on its way to the caller, in ending.ts. Row 0 is the rest: an answer.
 */
const ROWS: readonly Row[] = [
  row(1, fault("caller_left"), () => ({ action: "abandon" })),
  row(2, fault("own_shortage"), fallback("nothing", 503, ANY_CALL)),
  row(3, fault("request_refused"), refuse(400, "request_refused")),
  row(3, fault("internal_error"), refuse(500, "internal_error")),
  row(4, fault("connect_failed", "connect_timeout"), fallback("backend", 502, ANY_CALL)),
  row(5, fault("connection_lost", "invalid_reply"), fallback("route", 502)),
  row(6, fault("first_byte_timeout"), fallback("route", 504)),
  row(7, (e) => isCounting(e) && isError(e), fallback("nothing")),
  row(7, (e) => isCounting(e) && saw("no_content")(e), fallback("nothing", 504)),
  row(7, (e) => isCounting(e) && e.status > 0 && !saw("passed")(e), fallback("nothing", 502)),
  row(8, (e) => e.status >= 300 && e.status < 400, relay),
  row(9, (e) => refusedKey(e) && hasAnotherKey(e), fallback("key", "as_it_came", ANY_CALL)),
  row(9, (e) => refusedKey(e) && injects(e), fallback("backend", "as_it_came", ANY_CALL)),
  row(10, (e) => refusedKey(e) && !flagged(e) && e.firstAttempt, relay),
  row(10, (e) => refusedKey(e) && !flagged(e), fallback("nothing", "as_it_came", ANY_CALL)),
  row(11, (e) => e.status === 429 && hasAnotherKey(e), fallback("key", "as_it_came", ANY_CALL)),
  row(12, inErrorCodes, fallback("route")),
  row(13, (e) => e.pattern !== undefined, fallback("route")),
  row(14, (e) => e.status >= 400, relay),
  row(15, saw("error_body"), fallback("route")),
  row(16, saw("wrong_kind"), fallback("route", 502)),
  row(17, saw("cut_short"), fallback("route", 502)),
  row(18, saw("error_event"), fallback("route")),
  row(18, saw("no_content"), fallback("route", 504)),
  row(18, saw("malformed_event", "ended_early"), fallback("route", 502)),
  row(0, () => true, relay),
];

function row(number: number, matches: Row["matches"], decide: Decide): Row {
  return { number, matches, decide };
}

function fault(...codes: FaultCode[]): Row["matches"] {
  return (e) => e.fault !== undefined && codes.includes(e.fault);
}

function saw(...kinds: Inspection["kind"][]): Row["matches"] {
  return ({ outcome }) => outcome.kind === "reply" && kinds.includes(outcome.inspection.kind);
}

function isCounting(e: Evidence): boolean {
  return e.operation?.kind === "counting";
}

function isError(e: Evidence): boolean {
  return e.status >= 400 || saw("error_body", "error_event")(e);
}

function injects(e: Evidence): boolean {
  return e.auth === "inject";
}

function refusedKey(e: Evidence): boolean {
  return e.status === 401 || e.status === 403;
}

function hasAnotherKey(e: Evidence): boolean {
  return injects(e) && e.otherKeys > 0;
}

function inErrorCodes(e: Evidence): boolean {
  return e.detection.errorCodes.has(e.status);
}

function flagged(e: Evidence): boolean {
  return inErrorCodes(e) || e.pattern !== undefined;
}

/**
 * @param movesOn which calls get another attempt; a call that may create something does so only where
 * nothing can have been accepted
 */
function fallback(cool: Scope, ifLast: IfLast = "as_it_came", movesOn = HARMLESS): Decide {
  return (e) => ({ action: "fallback", cool, ifLast, movesOn: movesOn(e) });
}

function refuse(status: number, code: string): Decide {
  return ({ reason }) => {
    const message = `The proxy could not send this request on: ${reason}.`;
    return { action: "relay", answer: { kind: "problem", problem: { status, code, message } } };
  };
}

function relay({ outcome }: Evidence): Decision {
  if (outcome.kind === "fault") throw new Error(`A fault cannot be relayed: ${outcome.code}`);
  return { action: "relay", answer: { kind: "reply", reply: outcome } };
}

function evidenceOf(outcome: Outcome, circumstances: Circumstances): Evidence {
  if (outcome.kind === "fault") {
    const reason = `${FAULT_WORDS[outcome.code]} (${outcome.detail})`;
    const none = { fault: outcome.code, status: 0, pattern: undefined };
    return { ...circumstances, outcome, ...none, reason };
  }
  const { status, errorText, inspection } = outcome;
  const { errorPatterns, errorCodes } = circumstances.detection;
  const pattern = status < 400
    ? undefined
    : matchingPattern({ status, text: errorText }, errorPatterns)?.source;
  const matched = pattern === undefined ? "" : `, matches error pattern ${JSON.stringify(pattern)}`;
  const listed = errorCodes.has(status) ? ", one of error_codes" : "";
  const reason = `status ${status}${listed}${matched}${inspectionWords(inspection)}`;
  return { ...circumstances, outcome, fault: undefined, status, pattern, reason };
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
