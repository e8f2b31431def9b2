/** How a request ends for its caller: a backend's reply relayed, an answer of our own, or nobody there. */
import type { Snapshot } from "./config/snapshot.ts";
import { dialectOf, type Problem } from "./dialect/dialect.ts";
import type { Introduction } from "./door.ts";
import { isRestricted } from "./policy/allowance.ts";
import { discardOthers } from "./policy/exhausted.ts";
import { errorEventOf } from "./policy/expectation.ts";
import type { Answer } from "./policy/judge.ts";
import { internalProblem, tooLarge } from "./policy/problems.ts";
import type { Entry } from "./record/entry.ts";
import type { Ticket } from "./state/health.ts";
import type { State } from "./state/state.ts";
import { noteEnding, type Pursuit } from "./try_route.ts";
import type { CallerResponse } from "./wire/caller_response.ts";
import type { BodyFault, Incoming } from "./wire/incoming.ts";
import { problemAnswer } from "./wire/own_answer.ts";
import { type BodyLimits, pathOf } from "./wire/receive.ts";
import { relay } from "./wire/relay.ts";

/** What a request is routed with: one configuration from its first line to its last. */
export interface RouteContext extends Introduction {
  readonly snapshot: Snapshot;
  readonly state: State;
}

/** One request under way. */
export interface Errand extends RouteContext {
  readonly incoming: Incoming;
  readonly entry: Entry;
}

/** How large a request's body may be, and where what is held of it finds room. */
export function bodyLimits(
  { snapshot: { limits }, state, entry, caller }: Errand,
): BodyLimits {
  const room = state.load.roomFor(entry, limits);
  return { maxBodyBytes: limits.maxBodyBytes, room, readsUploads: isRestricted(caller) };
}

/**
 * A reply relayed to its end, whatever else came let go of.
 *
 * @param ticket out until the answer has been relayed; undefined where it is back already
 */
export function respond(
  pursuit: Errand & Pursuit,
  answer: Answer,
  ticket: Ticket | undefined,
): CallerResponse {
  const { entry, call, snapshot, incoming: { method }, failed } = pursuit;
  discardOthers(failed, answer);
  if (answer.kind === "problem") return refuse(pursuit, answer.problem);
  const { reply } = answer;
  const capture = entry.relaying(reply);
  return relay(reply, {
    method,
    errorEvent: errorEventOf(call, snapshot),
    onChunk: (chunk) => capture.add(chunk),
    onCallerChunk: (chunk) => entry.requestBody?.add(chunk),
    patienceMs: ticket?.route.backend.timeouts.idleMs ?? Infinity,
    onEnd: (ending) => {
      entry.ended(ending, ticket && noteEnding(ticket, pursuit, { ending, reply }));
    },
  });
}

/** Our own answer, in the caller's dialect. */
export function refuse({ entry, incoming, state }: Errand, problem: Problem): CallerResponse {
  const dialect = dialectOf(pathOf(incoming.target), incoming.headers);
  const answer = state.journal.shown(problemAnswer(problem, dialect), entry.arrival);
  entry.answering(problem, answer);
  return answer;
}

/** The proxy itself has failed: the caller is told where to look, the log what happened. */
export function broken(errand: Errand, cause: unknown): CallerResponse {
  const { state, entry } = errand;
  state.journal.failedInside(entry, cause);
  return refuse(errand, internalProblem(entry.arrival.id));
}

/** There is no whole body to be sent. */
export function unread(errand: Errand, fault: BodyFault): CallerResponse {
  switch (fault.kind) {
    case "caller_left":
      return left(errand);
    case "too_large":
      return refuse(errand, tooLarge(fault.limitBytes));
    case "no_room":
      return refuse(errand, errand.state.load.outOfRoom(errand.snapshot.limits));
  }
}

/** Nobody is there to read it. */
export function left({ entry }: Errand): CallerResponse {
  entry.ended({ kind: "caller_left", bytes: 0, detail: "the caller went away" });
  return { status: 499, headers: [], body: new Uint8Array() };
}
