/** One attempt of one request: sent, judged, and noted before anything follows from it. */
import type { Snapshot } from "./config/snapshot.ts";
import { judgeEnding } from "./policy/ending.ts";
import type { FailedAttempt } from "./policy/exhausted.ts";
import { expectationOf, holdLeftMs } from "./policy/expectation.ts";
import { findingOf, isAnswer } from "./policy/finding.ts";
import type { Call } from "./policy/identify.ts";
import { judge, type Origin, type Verdict } from "./policy/judge.ts";
import { originOf } from "./policy/origin.ts";
import { hasChoice } from "./policy/plan.ts";
import { mayCreate } from "./policy/replay.ts";
import type { Entry, LateRecord } from "./record/entry.ts";
import type { ReplyNotes } from "./record/reply_notes.ts";
import type { Ticket } from "./state/health.ts";
import type { State } from "./state/state.ts";
import { attempt } from "./wire/attempt.ts";
import { leavingBase } from "./wire/base_path.ts";
import type { Belonging } from "./wire/belonging.ts";
import type { Connections } from "./wire/connections.ts";
import type { CredentialPlace } from "./wire/credentials.ts";
import { DrillConnections } from "./wire/drill_connections.ts";
import { leadsToStored } from "./wire/id_places.ts";
import { idsInEvent, idsInReply } from "./wire/issued_ids.ts";
import type { Leaving } from "./wire/leaving.ts";
import type { Reply } from "./wire/outcome.ts";
import { outgoing } from "./wire/outgoing.ts";
import { NO_READING, type Reading } from "./wire/reading.ts";
import type { Received } from "./wire/receive.ts";
import type { Ending } from "./wire/relay.ts";
import { sendsElsewhere } from "./wire/sent_names.ts";
import { choosingOffered } from "./wire/subprotocol_keys.ts";
import { usageMembers } from "./wire/usage_members.ts";

/** A call on its way through its routes. */
export interface Pursuit {
  readonly snapshot: Snapshot;
  readonly state: State;
  readonly entry: Entry;
  readonly received: Received;
  readonly call: Call;
  readonly belonging: () => Belonging;
  readonly failed: FailedAttempt[];
  /** Whether a drill has answered it, or kept it from a route. */
  readonly metDrill: () => boolean;
  /** Whether it is sent elsewhere than where it belongs, which may yet be the only place that takes it. */
  readonly isAway: boolean;
  /** Where the caller's own key for this proxy stood; undefined where it needed none. */
  readonly keyPlace: CredentialPlace | undefined;
  /** Aborts when the caller goes away. */
  readonly signal: Leaving;
}

/** What came of one attempt. */
export type Attempted =
  & Pick<FailedAttempt, "outcome" | "finding" | "change" | "isDrill" | "isLastResort">
  & {
    readonly verdict: Verdict;
  };

/** Tries one route, once. */
export async function tryRoute(ticket: Ticket, pursuit: Pursuit): Promise<Attempted> {
  const { received, call, state, snapshot, entry, failed, signal, keyPlace } = pursuit;
  const { route: { backend }, key } = ticket;
  const startedMs = entry.elapsedMs();
  const notes = entry.beginning(ticket);
  const { places, dialect } = call;
  const request = await outgoing(received, { route: ticket.route, key, places, dialect, keyPlace });
  const came = leavingBase(request, { backend, key }) ?? await attempt(request, {
    connections: connectionsFor(ticket, pursuit),
    timeouts: backend.timeouts,
    streamed: call.streamed,
    upgrade: call.upgrade,
    mayCreate: mayCreate(received.method, call),
    expects: expectationOf(call, snapshot),
    holdLeftMs: () => holdLeftMs(entry.elapsedMs(), snapshot),
    reading: readingFor(ticket, pursuit, notes),
    signal,
  });
  const outcome = choosingOffered(came, received.headers);
  const otherKeys = state.health.otherKeys(ticket);
  const verdict = judge(outcome, {
    detection: snapshot.detection,
    auth: backend.auth,
    operation: call.operation,
    upgrade: call.upgrade,
    otherKeys,
    firstAttempt: failed.length === 0 && !pursuit.isAway,
    origin: originFor(ticket, pursuit),
  });
  const nowMs = state.clock.now().getTime();
  const finding = findingOf(verdict, outcome, { ...snapshot.fallback, nowMs });
  const change = state.health.record(ticket, finding, snapshot.fallback);
  const tried = { startedMs, notes, request, outcome, verdict, change };
  const { judgedMs } = entry.attempted(ticket, tried);
  state.shortages.note(outcome);
  if (verdict.action === "abandon") state.departures.callerLeft(ticket.route, pursuit);
  if (isServed(verdict)) {
    noteServed(ticket, pursuit);
    const isTelling = call.operation?.kind === "inference" && !pursuit.metDrill();
    if (isTelling) state.timings.note(ticket.route, judgedMs - startedMs);
  }
  if (isUseless(verdict) && outcome.kind === "reply") outcome.body.discard();
  const isLastResort = ticket.kind === "last_resort";
  return { outcome, verdict, finding, change, isDrill: isDrill(ticket), isLastResort };
}

/** The answer has been relayed to its end: what the end shows of the route is noted. */
export function noteEnding(
  ticket: Ticket,
  pursuit: Pursuit,
  { ending, reply }: { readonly ending: Ending; readonly reply: Reply },
): LateRecord | undefined {
  const { call: { operation }, state, snapshot: { fallback } } = pursuit;
  state.health.ended(ticket);
  if (ending.kind === "complete" && reply.status < 300) noteServed(ticket, pursuit);
  if (ending.kind === "caller_left" && reply.gate !== undefined) {
    state.departures.callerLeft(ticket.route, pursuit);
  }
  const nowMs = state.clock.now().getTime();
  const { auth } = ticket.route.backend;
  const origin = originFor(ticket, pursuit);
  const { maxCooldownMs } = fallback;
  const failure = judgeEnding(ending, reply, { operation, auth, origin, nowMs, maxCooldownMs });
  if (failure === undefined) return undefined;
  return { ...failure, change: state.health.failedLate(ticket, failure.finding, fallback) };
}

function originFor({ route, callerKey }: Ticket, { received }: Pursuit): Origin {
  return originOf(route, {
    callerKey,
    sendsElsewhere: (name) => sendsElsewhere(received, name),
  });
}

/** The backend's, or those of the drill in its place. */
function connectionsFor({ route, drill }: Ticket, { state, call }: Pursuit): Connections {
  if (drill === undefined) return state.pools.for(route.backend);
  const leftMs = state.drills.leftMs(drill);
  const { model } = route;
  return new DrillConnections({ ...call, ...drill, leftMs, model, events: call.operation?.events });
}

function isDrill({ drill }: Ticket): boolean {
  return drill !== undefined;
}

/** What a reply issues belongs to whoever gave it; when it came and what it cost is for the record. */
function readingFor(
  ticket: Ticket,
  { state: { affinity }, received, call }: Pursuit,
  notes: ReplyNotes,
): Reading {
  if (isDrill(ticket)) return NO_READING;
  const maker = makerOf(ticket);
  return {
    onRepeat: (repeat) => notes.repeat = repeat,
    onHead: () => notes.head(),
    onSign: () => notes.sign(),
    onContent: () => notes.content(),
    onEvent(event) {
      affinity.issued(idsInEvent(event), maker);
      notes.event(event);
    },
    onJson(body) {
      affinity.issued(idsInReply(body, received), maker);
      // A stored response tells again what it cost when it was made.
      if (call.operation?.kind === "inference") notes.reply(() => usageMembers(body));
    },
    wantsReply: call.operation === undefined && leadsToStored(received.path),
  };
}

/** Whether the reply is nothing that a caller could get. */
function isUseless(verdict: Verdict): boolean {
  return verdict.action === "fallback" && verdict.ifLast !== "as_it_came";
}

function isServed(verdict: Verdict): boolean {
  if (verdict.action !== "relay" || verdict.answer.kind === "problem") return false;
  return isAnswer(verdict.answer) && verdict.answer.reply.status < 300;
}

/**
 * The conversation belongs here from now on; noted again at the end of a long answer. Where a drill had
 * a hand in it, it stays where it was, so that nothing of the drill is left.
 */
function noteServed(
  ticket: Ticket,
  { state, call: { alias }, belonging, snapshot: { fallback }, metDrill }: Pursuit,
): void {
  if (!hasChoice(alias) || metDrill()) return;
  const terms = { alias: alias.name, affinityMs: fallback.affinityMs };
  state.affinity.served(belonging(), { ...terms, ...makerOf(ticket) });
}

function makerOf({ route: { backend, model }, key }: Ticket) {
  return { backend: backend.name, model, key };
}
