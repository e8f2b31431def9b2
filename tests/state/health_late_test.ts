import assert from "node:assert/strict";
import { hintOf } from "../policy/replies.ts";
import type { Route } from "../../lib/config/snapshot.ts";
import type { Finding, HealthChange, Ticket } from "../../lib/state/health.ts";
import { aliasOf, backendOf, FALLBACK, routeOf, snapshotOf } from "../routing.ts";
import { testLoops } from "./loops.ts";
import { admittedAnyway, ANSWERED, failure, Ward } from "./ward.ts";

const A = backendOf("a");
const ONE = routeOf(A, { model: "one" });
const TWO = routeOf(A, { model: "two" });
const POOLED = routeOf(backendOf("pool", { keys: ["k1", "k2", "k3"] }));

const BROKE_OFF = { kind: "failed", cool: "route", row: 19, reason: "it broke off" } as const;

function failLate({ health }: Ward, ticket: Ticket, hintMs?: number): HealthChange {
  return health.failedLate(
    ticket,
    { ...BROKE_OFF, hint: hintOf(hintMs), isLasting: false },
    FALLBACK,
  );
}

/** An attempt that was answered and relayed to its end. */
function answered(ward: Ward, ticket: Ticket): Ticket {
  ward.record(ticket, ANSWERED);
  ward.health.ended(ticket);
  return ticket;
}

testLoops("Health.failedLate() cools a route whose answer had begun", () => {
  const ward = new Ward();
  const change = failLate(ward, answered(ward, ward.admit(ONE)));
  assert.equal(change.kind === "cooled" && change.forMs, 300_000);
  assert.deepEqual([ward.waitSeconds(ONE), ward.waitSeconds(TWO)], [300, 0]);
  assert.equal(ward.health.inFlight(A), 0);
});

testLoops("Health.failedLate() takes the hint of an error event", () => {
  const ward = new Ward();
  failLate(ward, answered(ward, ward.admit(ONE)), 7000);
  assert.equal(ward.waitSeconds(ONE), 7);
});

testLoops("Health.failedLate() starts again from 300 seconds: the probe had been answered", () => {
  const ward = new Ward();
  ward.attempt(ONE, failure("route"));
  ward.pass(300);
  const probe = answered(ward, ward.admit(ONE));
  assert.equal(probe.kind, "probe");
  failLate(ward, probe);
  assert.equal(ward.waitSeconds(ONE), 300);
});

testLoops("Health.failedLate() counts against a last resort that had been answered", () => {
  const ward = new Ward();
  ward.attempt(ONE, failure("route"));
  failLate(ward, answered(ward, admittedAnyway(ward.health, ONE)));
  assert.equal(ward.waitSeconds(ONE), 300);
});

testLoops("Health.failedLate() lengthens no cooldown that began after the attempt", () => {
  const ward = new Ward();
  const ticket = answered(ward, ward.admit(ONE));
  ward.pass(10);
  ward.attempt(ONE, failure("route", 20_000));
  assert.deepEqual(failLate(ward, ticket, 900_000), { kind: "none" });
  assert.equal(ward.waitSeconds(ONE), 20);
});

testLoops("Health.failedLate() says nothing of a backend that a reload has replaced", () => {
  const ward = new Ward();
  const ticket = answered(ward, ward.admit(ONE));
  const snapshot = (route: Route) => snapshotOf([aliasOf("chat", [route])]);
  const moved = routeOf(backendOf("a", { origin: "http://elsewhere.example" }), { model: "one" });
  ward.health.retain(snapshot(moved), snapshot(ONE));
  assert.deepEqual(failLate(ward, ticket), { kind: "none" });
  assert.equal(ward.waitSeconds(moved), 0);
});

function begun(ward: Ward, route: Route, finding: Finding): HealthChange {
  return ward.record(ward.admit(route), finding);
}

testLoops("Health.ease() shortens the cooldowns that the changes began", () => {
  const ward = new Ward();
  const changes = [begun(ward, ONE, failure("route")), begun(ward, POOLED, failure("backend"))];
  ward.pass(4);
  assert.equal(ward.health.ease(changes, 10_000), 10_000);
  assert.deepEqual([ward.waitSeconds(ONE), ward.waitSeconds(POOLED)], [6, 6]);
});

testLoops("Health.ease() leaves alone what is short enough, or was cooled by others", () => {
  const ward = new Ward();
  const short = begun(ward, ONE, failure("route", 5000));
  begun(ward, POOLED, failure("route"));
  assert.equal(
    ward.health.ease([short, { kind: "none" }, { kind: "recovered" }], 10_000),
    undefined,
  );
  assert.deepEqual([ward.waitSeconds(ONE), ward.waitSeconds(POOLED)], [5, 300]);
});

testLoops("Health.ease() leaves alone what something has changed since", () => {
  const ward = new Ward();
  const change = begun(ward, ONE, failure("route"));
  ward.record(admittedAnyway(ward.health, ONE), failure("route", 60_000));
  assert.equal(ward.health.ease([change], 10_000), undefined);
  assert.equal(ward.waitSeconds(ONE), 60);
});

testLoops("Health.ease() brings no cooldown back that was cleared", () => {
  const ward = new Ward();
  const change = begun(ward, ONE, failure("route"));
  answered(ward, admittedAnyway(ward.health, ONE));
  assert.equal(ward.health.ease([change], 10_000), undefined);
  assert.equal(ward.waitSeconds(ONE), 0);
});

testLoops("Health.ease() leaves a failed probe nothing long to double", () => {
  const ward = new Ward();
  ward.health.ease([begun(ward, ONE, failure("route"))], 10_000);
  ward.pass(10);
  assert.equal(ward.attempt(ONE, failure("route")).kind, "probe");
  assert.equal(ward.waitSeconds(ONE), 300);
});

function keyOf(ward: Ward, prefers: (key: string) => boolean): string | undefined {
  const admission = ward.health.admit(POOLED, { prefers });
  assert.ok(admission.kind === "admitted");
  ward.record(admission.ticket, { kind: "nothing" });
  return admission.ticket.key;
}

testLoops("Health.admit() gives a preferred key first, and nobody else loses their turn", () => {
  const ward = new Ward();
  const preferred = (key: string) => key === "k3";
  assert.deepEqual([keyOf(ward, preferred), keyOf(ward, preferred)], ["k3", "k3"]);
  const anyones = [1, 2, 3].map(() => keyOf(ward, () => false));
  assert.deepEqual(anyones, ["k1", "k2", "k3"]);
});

testLoops("Health.admit() gives the next key in turn where the preferred one is cooling", () => {
  const ward = new Ward();
  ward.attempt(POOLED, failure("key"));
  assert.equal(keyOf(ward, (key) => key === "k1"), "k2");
  assert.equal(keyOf(ward, (key) => key === "none of these"), "k3");
});
