/**
 * The request as prose: receive, identify, plan, then attempt and judge until there is an answer;
 * relay it, record it. Nothing is decided here and no byte is touched: policy/ decides, wire/ moves.
 */
import { nearestNames } from "./config/nearest.ts";
import { discardOthers, lastAnswer } from "./policy/exhausted.ts";
import { FAILED_EVERYWHERE_MS, toEase } from "./policy/failed_everywhere.ts";
import { identify } from "./policy/identify.ts";
import { misfit } from "./policy/misfit.ts";
import { leavesHome, planFor } from "./policy/plan.ts";
import { mayCreate, mayRepeat } from "./policy/replay.ts";
import {
  bodyLimits,
  broken,
  type Errand,
  left,
  refuse,
  respond,
  type RouteContext,
  unread,
} from "./respond.ts";
import { Admissions } from "./state/admissions.ts";
import { callersDigest, isHomeKey, keeperOf, standingOf } from "./state/standing.ts";
import { type Pursuit, tryRoute } from "./try_route.ts";
import { belongingFor } from "./wire/belonging.ts";
import type { CallerResponse } from "./wire/caller_response.ts";
import type { Incoming } from "./wire/incoming.ts";
import { otherModelIn } from "./wire/other_model.ts";
import { receive } from "./wire/receive.ts";
import { held } from "./wire/upload.ts";

/** The caller's response. Never rejects. */
export async function route(incoming: Incoming, context: RouteContext): Promise<CallerResponse> {
  const { snapshot, state, caller } = context;
  const { signal } = incoming;
  const entry = state.journal.open(incoming, snapshot, caller);
  const errand = { ...context, incoming, entry };
  try {
    const received = await receive(incoming, bodyLimits(errand));
    if (received.kind !== "received") return unread(errand, received);
    const belonging = await belongingFor(received);
    const keeper = () => keeperOf(belonging(), context);
    const options = { snapshot, caller, nearest: nearestNames, keeper, otherModelIn };
    const call = identify(received, options);
    entry.identified(received, call);
    if (call.kind === "refusal") return refuse(errand, call.problem);
    return await reach({ ...errand, received, belonging, call, failed: [], signal });
  } catch (cause) {
    return broken(errand, cause);
  }
}

/** Tries the call's routes in order until one answers or none is left. */
async function reach(
  errand: Errand & Omit<Pursuit, "metDrill" | "isAway">,
): Promise<CallerResponse> {
  const { call, state, snapshot, entry } = errand;
  const standing = standingOf(errand);
  const plan = planFor(call, standing);
  const problem = misfit(plan, call);
  if (problem !== undefined) return refuse(errand, problem);
  if (mayRepeat(plan, snapshot.fallback)) {
    const whole = await held(errand.received, bodyLimits(errand));
    if (whole.kind !== "received") return unread(errand, whole);
    errand = { ...errand, received: whole };
  }
  const admissions = new Admissions(plan, state.health, {
    settings: snapshot.fallback,
    elapsedMs: () => entry.elapsedMs(),
    prefersKey: (key) => isHomeKey(standing.home, key),
    callerKey: (backend) => callersDigest(errand.received, backend),
    mayCreate: mayCreate(errand.incoming.method, call),
  });
  const isAway = leavesHome(standing);
  const pursuit = { ...errand, isAway, metDrill: () => admissions.metDrill };
  entry.planned(standing);
  try {
    return await pursue(pursuit, admissions);
  } finally {
    // `using` would say the same, and cost as much as three async calls.
    admissions[Symbol.dispose]();
  }
}

/** Tries one route after the other, as long as there is permission to. */
async function pursue(pursuit: Errand & Pursuit, admissions: Admissions): Promise<CallerResponse> {
  const { state, entry, failed } = pursuit;
  for (let ticket = admissions.next(); ticket !== undefined; ticket = admissions.next()) {
    const attempted = await tryRoute(ticket, pursuit);
    const { verdict } = attempted;
    switch (verdict.action) {
      case "relay":
        return respond(pursuit, verdict.answer, ticket);
      case "fallback":
        admissions.failed(ticket, verdict);
        failed.push({ route: ticket.route, ...attempted, ...verdict });
        break;
      case "abandon":
        discardOthers(failed, undefined);
        return left(pursuit);
    }
  }
  const easedMs = state.health.ease(toEase(failed), FAILED_EVERYWHERE_MS);
  const passedOver = admissions.passedOver();
  entry.exhausted({ passedOver, easedMs });
  return respond(pursuit, lastAnswer(failed, passedOver), undefined);
}
