/** What an outcome shows of a route, read to its end. */
import { errorClassOfReply } from "../policy/error_class.ts";
import type { Verdict } from "../policy/judge.ts";
import { headerValue } from "../wire/headers.ts";
import type { Leaving } from "../wire/leaving.ts";
import type { FaultCode, Outcome, Reply } from "../wire/outcome.ts";

/** What is known of a route; undefined where nothing told. */
export interface Findings {
  readonly reachable: boolean | undefined;
  readonly keyAccepted: boolean | undefined;
  readonly modelKnown: boolean | undefined;
  readonly streams: boolean | undefined;
}

/** Before anything is known. */
export const NOTHING: Findings = {
  reachable: undefined,
  keyAccepted: undefined,
  modelKnown: undefined,
  streams: undefined,
};

export interface Heard {
  readonly findings: Findings;
  readonly why: string;
}

export interface Hearing {
  readonly verdict: Verdict;
  /** Aborts when nobody waits any more. */
  readonly departure: Leaving;
  /** What was asked, without a query. */
  readonly where: string;
  /** As that of `Asking`. */
  readonly mask: (text: string) => string;
}

/** What there is to know, and why it is not all well. */
export async function heardOf(outcome: Outcome, hearing: Hearing): Promise<Heard> {
  if (outcome.kind === "fault") {
    const reachable = REACHED[outcome.code];
    return {
      findings: { ...NOTHING, reachable },
      why: `${hearing.verdict.reason} (${hearing.where})`,
    };
  }
  const { verdict } = hearing;
  const isAnswer = outcome.status < 300 && verdict.action === "relay";
  if (isAnswer) return await answerOf(outcome, hearing);
  const said = spoken(hearing.mask(outcome.errorText));
  outcome.body.discard();
  const why = `${verdict.reason}${said === "" ? "" : `: ${said}`} (${hearing.where})`;
  return { findings: findingsOf(outcome), why };
}

/** Whether a fault shows that somebody is there; undefined where it is none of the backend's. */
const REACHED: Readonly<Record<FaultCode, boolean | undefined>> = {
  connect_failed: false,
  connect_timeout: false,
  connection_lost: true,
  invalid_reply: true,
  first_byte_timeout: true,
  caller_left: undefined,
  request_refused: undefined,
  internal_error: undefined,
  own_shortage: undefined,
};

/** What an error shows besides itself: a model can only be unknown to those who took the key. */
function findingsOf(reply: Reply): Findings {
  const { kind } = errorClassOfReply(reply);
  const here = { ...NOTHING, reachable: true };
  if (kind === "refused_key") return { ...here, keyAccepted: false };
  if (kind === "model_unknown") return { ...here, keyAccepted: true, modelKnown: false };
  return kind === "no_money" ? { ...here, keyAccepted: true } : here;
}

async function answerOf(reply: Reply, { departure }: Hearing): Promise<Heard> {
  const { body, headers } = reply;
  const streams = /event-stream/i.test(headerValue(headers, "content-type") ?? "");
  const findings = { reachable: true, keyAccepted: true, modelKnown: true, streams };
  const end = () => body.discard();
  departure.addEventListener("abort", end);
  try {
    while (!departure.aborted && await body.read() !== undefined);
  } finally {
    departure.removeEventListener("abort", end);
  }
  if (body.end?.kind === "cut") {
    return { findings, why: `its answer broke off: ${body.end.detail}` };
  }
  const whole = "it answers, but in one piece, though a stream was asked for";
  return { findings, why: streams ? "" : whole };
}

const MOST_CHARACTERS = 200;

/** The start of an error in its own words, masked before: what is cut off or put after it hides a key's piece. */
function spoken(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  const start = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? line;
  return start.length > MOST_CHARACTERS ? `${start.slice(0, MOST_CHARACTERS)}…` : start;
}
