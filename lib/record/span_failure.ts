/** Whether a request or an attempt counts as failed in a trace, and as what. */
import type { AttemptRecord, Entry } from "./entry.ts";
import { relayedAttempt } from "./measures.ts";

export interface SpanFailure {
  /** One of few: a status, a fault's code, a problem's code, what an inspection showed. */
  readonly type: string;
  readonly message: string;
}

/** A request fails by a 5xx or a cut; a 4xx is its caller's affair. */
export function requestFailure({ response, ending, late }: Entry): SpanFailure | undefined {
  if (late !== undefined) return { type: lateType(ending?.kind), message: late.reason };
  if (ending?.kind === "cut") return { type: "cut", message: ending.detail };
  if (response === undefined || response.status < 500) return undefined;
  return response.answered.by === "proxy"
    ? { type: response.answered.problem.code, message: response.answered.problem.message }
    : { type: String(response.status), message: "" };
}

/** An attempt fails by a fault, a status of 400 and more, or anything that makes for a fallback. */
export function attemptFailure(entry: Entry, attempt: AttemptRecord): SpanFailure | undefined {
  const { outcome, verdict: { reason: message, action } } = attempt;
  const { late, ending } = entry;
  if (outcome.kind === "fault") return { type: outcome.code, message };
  if (outcome.status >= 400) return { type: String(outcome.status), message };
  if (action === "fallback") return { type: outcome.inspection.kind, message };
  if (late === undefined || attempt !== relayedAttempt(entry)) return undefined;
  return { type: lateType(ending?.kind), message: late.reason };
}

/** What goes wrong after the commit is a cut or, where the stream then ends in order, an error event. */
function lateType(ending: string | undefined): string {
  return ending === "cut" ? "cut" : "error_event";
}
