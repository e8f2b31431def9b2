/** One attempt of one request: sent, judged, and noted before anything follows from it. */
import type { Snapshot } from "./config/snapshot.ts";
import { judgeEnding } from "./policy/ending.ts";
import type { FailedAttempt } from "./policy/exhausted.ts";
import { expectationOf } from "./policy/expectation.ts";
import { findingOf } from "./policy/finding.ts";
import type { Call } from "./policy/identify.ts";
import { judge, type Verdict } from "./policy/judge.ts";
import { hasChoice } from "./policy/plan.ts";
import type { Entry, LateRecord } from "./record/entry.ts";
import type { ReplyNotes } from "./record/reply_notes.ts";
import type { Ticket } from "./state/health.ts";
import type { State } from "./state/state.ts";
import { attempt } from "./wire/attempt.ts";
import type { Belonging } from "./wire/belonging.ts";
import { leadsToStored } from "./wire/id_places.ts";
import { idsInEvent, idsInReply } from "./wire/issued_ids.ts";
import type { Reply } from "./wire/outcome.ts";
import { outgoing } from "./wire/outgoing.ts";
import type { Reading } from "./wire/reading.ts";
import type { Received } from "./wire/receive.ts";
import type { Ending } from "./wire/relay.ts";
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
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal;
}

/** What came of one attempt. */
export type Attempted = Pick<FailedAttempt, "outcome" | "finding" | "change"> & {
  readonly verdict: Verdict;
};

/** Tries one route, once. */
export async function tryRoute(ticket: Ticket, pursuit: Pursuit): Promise<Attempted> {
  const { received, call, state, snapshot, entry, failed, signal } = pursuit;
  const { backend } = ticket.route;
  const startedMs = entry.elapsedMs();
  const notes = entry.beginning();
  const request = outgoing(received, { ...ticket, ...call });
  const outcome = await attempt(request, {
    connections: state.pools.for(backend),
    timeouts: backend.timeouts,
    streamed: call.streamed,
    expects: expectationOf(call, snapshot),
    reading: readingFor(ticket, pursuit, notes),
    signal,
  });
  const otherKeys = state.health.otherKeys(ticket);
  const circumstances = { ...snapshot, ...backend, ...call, otherKeys };
  const verdict = judge(outcome, { ...circumstances, firstAttempt: failed.length === 0 });
  const nowMs = state.clock.now().getTime();
  const finding = findingOf(verdict, outcome, { nowMs, ...snapshot.fallback });
  const change = state.health.record(ticket, finding, snapshot.fallback);
  entry.attempted(ticket, { startedMs, notes, request, outcome, verdict, change });
  if (isServed(verdict)) {
    noteServed(ticket, pursuit);
    const tookMs = entry.elapsedMs() - startedMs;
    if (call.operation?.kind === "inference") state.timings.note(ticket.route, tookMs);
  }
  if (isUseless(verdict) && outcome.kind === "reply") outcome.body.discard();
  return { outcome, verdict, finding, change };
}

/** The answer has been relayed to its end: what the end shows of the route is noted. */
export function noteEnding(
  ticket: Ticket,
  pursuit: Pursuit,
  { ending, reply }: { readonly ending: Ending; readonly reply: Reply },
): LateRecord | undefined {
  const { call, state, snapshot: { fallback } } = pursuit;
  state.health.ended(ticket);
  if (ending.kind === "complete" && reply.status < 300) noteServed(ticket, pursuit);
  const nowMs = state.clock.now().getTime();
  const failure = judgeEnding(ending, reply, { ...call, nowMs, ...fallback });
  if (failure === undefined) return undefined;
  return { ...failure, change: state.health.failedLate(ticket, failure.finding, fallback) };
}

/** What a reply issues belongs to whoever gave it; when it came and what it cost is for the record. */
function readingFor(
  ticket: Ticket,
  { state: { affinity }, received, call }: Pursuit,
  notes: ReplyNotes,
): Reading {
  const maker = makerOf(ticket);
  return {
    onHead: () => notes.head(),
    onContent: () => notes.content(),
    onEvent(event) {
      affinity.issued(idsInEvent(event), maker);
      notes.event(event);
    },
    onJson(body) {
      affinity.issued(idsInReply(body, received), maker);
      // A stored response tells again what it cost when it was made.
      if (call.operation?.kind === "inference") notes.reply(usageMembers(body));
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
  return verdict.answer.reply.status < 300;
}

/** The conversation belongs here from now on; noted again at the end of a long answer. */
function noteServed(
  ticket: Ticket,
  { state, call: { alias }, belonging, snapshot: { fallback } }: Pursuit,
): void {
  if (!hasChoice(alias)) return;
  const terms = { alias: alias.name, affinityMs: fallback.affinityMs };
  state.affinity.served(belonging(), { ...terms, ...makerOf(ticket) });
}

function makerOf({ route: { backend, model }, key }: Ticket) {
  return { backend: backend.name, model, key };
}
