/**
 * The request as prose: receive, identify, plan, then attempt and judge until there is an answer;
 * relay it, record it. Nothing is decided here and no byte is touched: policy/ decides, wire/ moves.
 */
import { nearestNames } from "./config/nearest.ts";
import type { Snapshot } from "./config/snapshot.ts";
import { dialectOf, type Problem } from "./dialect/dialect.ts";
import { discardOthers, type FailedAttempt, lastAnswer } from "./policy/exhausted.ts";
import { findingOf } from "./policy/finding.ts";
import { type Call, identify } from "./policy/identify.ts";
import { type Answer, judge, type Verdict } from "./policy/judge.ts";
import { planFor } from "./policy/plan.ts";
import { internalProblem, tooLarge } from "./policy/problems.ts";
import type { Entry } from "./record/entry.ts";
import { Admissions } from "./state/admissions.ts";
import type { Ticket } from "./state/health.ts";
import type { State } from "./state/state.ts";
import { attempt } from "./wire/attempt.ts";
import type { CallerResponse } from "./wire/caller_response.ts";
import type { Incoming } from "./wire/incoming.ts";
import { outgoing } from "./wire/outgoing.ts";
import { problemAnswer } from "./wire/own_answer.ts";
import { pathOf, receive, type Received } from "./wire/receive.ts";
import type { Outcome } from "./wire/outcome.ts";
import { relay } from "./wire/relay.ts";

/** What a request is routed with: one configuration from its first line to its last. */
export interface RouteContext {
  readonly snapshot: Snapshot;
  readonly state: State;
}

/** One request under way. */
interface Errand extends RouteContext {
  readonly incoming: Incoming;
  readonly entry: Entry;
}

/** The caller's response. Never rejects. */
export async function route(incoming: Incoming, context: RouteContext): Promise<CallerResponse> {
  const entry = context.state.journal.open(incoming, context.snapshot);
  const errand = { ...context, incoming, entry };
  try {
    const received = await receive(incoming, context.snapshot.limits);
    if (received.kind === "caller_left") return left(errand);
    if (received.kind === "too_large") return refuse(errand, tooLarge(received.limitBytes));
    const call = identify(received, { snapshot: context.snapshot, nearest: nearestNames });
    entry.identified(received, call);
    if (call.kind === "refusal") return refuse(errand, call.problem);
    return await reach({ ...errand, received, call, failed: [] });
  } catch (cause) {
    context.state.log.error(`Request ${entry.arrival.id} failed inside the proxy: ${cause}`);
    return refuse(errand, internalProblem(entry.arrival.id));
  }
}

/** A call on its way through its routes. */
interface Pursuit extends Errand {
  readonly received: Received;
  readonly call: Call;
  readonly failed: FailedAttempt[];
}

/** Tries the call's routes in order until one answers or none is left. */
async function reach(pursuit: Pursuit): Promise<CallerResponse> {
  const { call, state, snapshot, entry, failed } = pursuit;
  using admissions = new Admissions(planFor(call, state), state.health, snapshot.fallback);
  for (let ticket = admissions.next(); ticket !== undefined; ticket = admissions.next()) {
    const { outcome, verdict } = await attemptOnce(ticket, pursuit);
    switch (verdict.action) {
      case "relay":
        return respond(pursuit, verdict.answer, ticket);
      case "fallback":
        admissions.failed(ticket, verdict.cool);
        failed.push({ route: ticket.route, outcome, ...verdict });
        break;
      case "abandon":
        discardOthers(failed, undefined);
        return left(pursuit);
    }
  }
  entry.passedOver = admissions.passedOver();
  return respond(pursuit, lastAnswer(failed, entry.passedOver), undefined);
}

/** One route, once: sent, judged, and noted by health and record before anything follows from it. */
async function attemptOnce(
  ticket: Ticket,
  { received, call, state, snapshot, entry, incoming: { signal }, failed }: Pursuit,
): Promise<{ outcome: Outcome; verdict: Verdict }> {
  const { backend } = ticket.route;
  const startedMs = entry.elapsedMs();
  const request = outgoing(received, { ...ticket, ...call });
  const connections = state.pools.for(backend);
  const timeouts = { ...backend.timeouts, streamed: call.streamed };
  const outcome = await attempt(request, { connections, timeouts, signal });
  const otherKeys = state.health.otherKeys(ticket);
  const circumstances = { ...snapshot, ...backend, ...call, otherKeys };
  const verdict = judge(outcome, { ...circumstances, firstAttempt: failed.length === 0 });
  const nowMs = state.clock.now().getTime();
  const finding = findingOf(verdict, outcome, { nowMs, ...snapshot.fallback });
  const change = state.health.record(ticket, finding, snapshot.fallback);
  entry.attempted(ticket, { startedMs, request, outcome, verdict, change });
  return { outcome, verdict };
}

/** @param ticket out until the answer has been relayed; undefined where it is back already */
function respond(pursuit: Pursuit, answer: Answer, ticket: Ticket | undefined): CallerResponse {
  const { entry, state, incoming: { method }, failed } = pursuit;
  discardOthers(failed, answer);
  if (answer.kind === "problem") return refuse(pursuit, answer.problem);
  const capture = entry.relaying(answer.reply);
  return relay(answer.reply, {
    method,
    onChunk: (chunk) => capture.add(chunk),
    onEnd: (ending) => {
      if (ticket !== undefined) state.health.ended(ticket);
      entry.ended(ending);
    },
  });
}

/** Our own answer, in the caller's dialect. */
function refuse({ entry, incoming }: Errand, problem: Problem): CallerResponse {
  const dialect = dialectOf(pathOf(incoming.target), incoming.headers);
  const answer = problemAnswer(problem, dialect);
  entry.answering(problem, answer);
  return answer;
}

/** Nobody is there to read it. */
function left({ entry }: Errand): CallerResponse {
  entry.ended({ kind: "caller_left", bytes: 0, detail: "the caller went away" });
  return { status: 499, headers: [], body: new Uint8Array() };
}
