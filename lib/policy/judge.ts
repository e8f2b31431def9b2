/**
 * What an attempt's outcome means: give it to the caller, try the next route, or stop. The table is
 * the specification (docs/failures.md), row by row; the first row that matches decides.
 */
import type { DetectionSettings } from "../config/snapshot.ts";
import type { Problem } from "../dialect/dialect.ts";
import type { Operation } from "../dialect/event_format.ts";
import type { Inspection } from "../wire/inspection.ts";
import type { FaultCode, Outcome, Reply } from "../wire/outcome.ts";
import { accountOf, blamedFor, isUnknownHere, unknownModelScope } from "./blame.ts";
import { NOTHING_SAID } from "./error_class.ts";
import {
  type Evidence,
  evidenceOf,
  hasAnotherKey,
  inErrorCodes,
  injects,
  isAbout,
  isCounting,
  isOfPrompt,
  refusedKey,
  refusesCallers,
} from "./evidence.ts";

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

/** What a failure takes out of use; `caller`: the backend, for whoever comes with the same key. */
export type Scope = "nothing" | "caller" | "key" | "route" | "backend";

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
  /** Whose the account is that the request is sent on, and who named the model. */
  readonly origin: Origin;
}

/** What of a request is the caller's own. */
export interface Origin {
  /** Whether the backend sees a key of the caller's. Asked only of an error. */
  readonly hasCallersKey: () => boolean;
  /** Whether it is our route that wrote this name of a model. */
  readonly wrote: (model: string) => boolean;
  /** Whether the caller sends this name, for a tool say, whatever our route wrote. Asked only of an error. */
  readonly sends: (model: string) => boolean;
}

/** The verdict on an outcome, by the first row that matches. */
export function judge(outcome: Outcome, circumstances: Circumstances): Verdict {
  const evidence = evidenceOf(outcome, circumstances);
  const row = (isPlainAnswer(evidence) ? ANSWERS : ROWS).find(({ matches }) => matches(evidence));
  if (row === undefined) throw new Error(`No row of the table matches ${evidence.reason}`);
  return { ...row.decide(evidence), row: row.number, reason: evidence.reason };
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

/** Nothing was accepted: whatever the call, another key or route gets its chance. */
const REFUSED = ["as_it_came", ANY_CALL] as const;

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
  row(8, (e) => e.status >= 300 && e.status < 400, answerAtFirst),
  row(21, (e) => isAbout(e, "no_money") && hasAnotherKey(e), fallback("key", ...REFUSED)),
  row(21, (e) => isAbout(e, "no_money"), (e) => fallback(accountOf(e), ...REFUSED)(e)),
  row(9, (e) => refusedKey(e) && hasAnotherKey(e), fallback("key", ...REFUSED)),
  row(9, (e) => refusedKey(e) && injects(e), fallback("backend", ...REFUSED)),
  row(10, (e) => refusesCallers(e) && e.firstAttempt, relay),
  row(10, refusesCallers, fallback("nothing", ...REFUSED)),
  row(11, (e) => e.status === 429 && hasAnotherKey(e), fallback("key", ...REFUSED)),
  row(14, (e) => e.status >= 500 && isOfPrompt(e), fallback("nothing")),
  row(12, (e) => inErrorCodes(e) && e.status === 402, (e) => fallback(accountOf(e))(e)),
  row(12, inErrorCodes, fallback("route")),
  row(13, (e) => e.pattern !== undefined, fallback("route")),
  row(22, (e) => e.status >= 400 && isUnknownHere(e.about, e), withoutModel),
  row(23, (e) => e.status === 403 && isAbout(e, "page"), fallback("nothing")),
  row(14, (e) => e.status >= 400, answerAtFirst),
  row(15, saw("error_body"), blamed),
  row(16, saw("wrong_kind"), fallback("route", 502)),
  row(17, saw("cut_short"), fallback("route", 502)),
  row(18, saw("error_event"), blamed),
  row(18, saw("no_content"), fallback("route", 504)),
  row(18, saw("malformed_event", "ended_early"), fallback("route", 502)),
  row(0, () => true, relay),
];

/** Those that may say something of a reply that is well in itself. */
const ANSWERS = ROWS.filter(({ number }) => number === 12 || number === 0);

/** Nearly every reply: no error, and what was looked at is as it should be. All that is against it is listed by status. */
function isPlainAnswer(e: Evidence): boolean {
  return e.outcome.kind === "reply" && e.status < 300 && e.outcome.inspection.kind === "passed" &&
    e.about === NOTHING_SAID;
}

function row(number: number, matches: Row["matches"], decide: Decide): Row {
  return { number, matches, decide };
}

function fault(...codes: FaultCode[]): Row["matches"] {
  return (e) => e.fault !== undefined && codes.includes(e.fault);
}

function saw(...kinds: Inspection["kind"][]): Row["matches"] {
  return ({ outcome }) => outcome.kind === "reply" && kinds.includes(outcome.inspection.kind);
}

function isError(e: Evidence): boolean {
  return e.status >= 400 || saw("error_body", "error_event")(e);
}

function withoutModel(e: Evidence): Decision {
  return fallback(unknownModelScope(e.about, e))(e);
}

/** A fallback that cools what the error says something against. */
function blamed(e: Evidence): Decision {
  return fallback(blamedFor(e.about, e))(e);
}

/**
 * @param movesOn which calls get another attempt; a call that may create something does so only where
 * nothing can have been accepted
 */
function fallback(
  cool: Scope,
  ifLast: IfLast = "as_it_came",
  movesOn: Row["matches"] = HARMLESS,
): Decide {
  return (e) => ({ action: "fallback", cool, ifLast, movesOn: movesOn(e) });
}

function refuse(status: number, code: string): Decide {
  return ({ reason }) => {
    const message = `The proxy could not send this request on: ${reason}.`;
    return { action: "relay", answer: { kind: "problem", problem: { status, code, message } } };
  };
}

/** On a first attempt the answer, since the request is to blame; later it may not suit this backend alone. */
function answerAtFirst(e: Evidence): Decision {
  return e.firstAttempt || !HARMLESS(e) ? relay(e) : fallback("nothing")(e);
}

function relay({ outcome }: Evidence): Decision {
  if (outcome.kind === "fault") throw new Error(`A fault cannot be relayed: ${outcome.code}`);
  return { action: "relay", answer: { kind: "reply", reply: outcome } };
}
