/**
 * No request gets an error while a route, tried now, would have answered: exhaustively for two and three
 * routes that are well or fail in any of six ways, over five requests in the course of which each changes.
 */
import assert from "node:assert/strict";
import type { Route } from "../../lib/config/snapshot.ts";
import { unknownEvents } from "../../lib/dialect/unknown_events.ts";
import { findingOf } from "../../lib/policy/finding.ts";
import { judge } from "../../lib/policy/judge.ts";
import { Admissions } from "../../lib/state/admissions.ts";
import { Health } from "../../lib/state/health.ts";
import type { Outcome } from "../../lib/wire/outcome.ts";
import { faultOf, replyOf } from "../policy/replies.ts";
import { backendOf, detectionOf, FALLBACK, routeOf } from "../routing.ts";

const WAYS: readonly Outcome[] = [
  replyOf(200),
  replyOf(503),
  replyOf(429, { headers: [["retry-after", "20"]] }),
  replyOf(429, { headers: [["retry-after", "900"]] }),
  replyOf(401),
  faultOf("connect_failed"),
  faultOf("first_byte_timeout"),
];
const WELL = 0;
const REQUESTS = 5;

/** Each of `count` routes in each way. */
function statesOf(count: number): readonly (readonly number[])[] {
  if (count === 0) return [[]];
  return statesOf(count - 1).flatMap((state) => WAYS.map((_, way) => [...state, way]));
}

interface Told {
  readonly served: boolean;
  readonly tried: readonly Route[];
}

/** One request, each route of which answers as its state says. */
function ask(routes: readonly Route[], state: readonly number[], health: Health): Told {
  const settings = { ...FALLBACK, maxAttempts: routes.length };
  const moment = {
    settings,
    elapsedMs: () => 0,
    prefersKey: () => false,
    callerKey: () => undefined,
    mayCreate: false,
  };
  using admissions = new Admissions({ routes, skipped: [] }, health, moment);
  const tried: Route[] = [];
  for (let ticket = admissions.next(); ticket !== undefined; ticket = admissions.next()) {
    const outcome = WAYS[state[routes.indexOf(ticket.route)]!]!;
    const verdict = judge(outcome, {
      origin: { hasCallersKey: () => false, wrote: () => false, sends: () => false },
      detection: detectionOf(),
      auth: "inject",
      operation: { kind: "inference", events: unknownEvents, streamedByPath: false },
      upgrade: false,
      otherKeys: 0,
      firstAttempt: tried.length === 0,
    });
    tried.push(ticket.route);
    health.record(ticket, findingOf(verdict, outcome, { nowMs: 0, ...settings }), settings);
    if (verdict.action !== "fallback") {
      health.ended(ticket);
      return { served: true, tried };
    }
    admissions.failed(ticket, verdict);
  }
  return { served: false, tried };
}

/** Every course of five requests in which the routes are in one state, and then in another. */
function check(count: number, stateAfter: (index: number) => readonly (readonly number[])[]): void {
  const routes = ["a", "b", "c"].slice(0, count).map((name) =>
    routeOf(backendOf(name, { keys: ["key"] }))
  );
  statesOf(count).forEach((before, index) => {
    for (const after of stateAfter(index)) {
      let nowMs = 0;
      const health = new Health({ monotonicMs: () => nowMs });
      for (let request = 0; request < REQUESTS; request++) {
        const state = request < 1 + index % (REQUESTS - 1) ? before : after;
        const { served, tried } = ask(routes, state, health);
        const isRight = served === state.includes(WELL) && new Set(tried).size === tried.length;
        if (!isRight) assert.fail(`${before} then ${after}, request ${request}: ${tried.length}`);
        nowMs += 7_000;
      }
    }
  });
}

Deno.test("cases 4: of two routes, one that would answer is asked", () => {
  check(2, () => statesOf(2));
});

Deno.test("cases 4: of three routes, one that would answer is asked", () => {
  check(3, () => statesOf(3));
});
