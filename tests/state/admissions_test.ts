import assert from "node:assert/strict";
import { hintOf } from "../policy/replies.ts";
import type { FallbackSettings, Route } from "../../lib/config/snapshot.ts";
import type { Plan } from "../../lib/policy/plan.ts";
import type { Scope } from "../../lib/policy/judge.ts";
import { Admissions, type AdmissionsOptions } from "../../lib/state/admissions.ts";
import { Health, type Ticket } from "../../lib/state/health.ts";
import { backendOf, FALLBACK, routeOf } from "../routing.ts";
import { alternating, parts, testLoops } from "./loops.ts";
import { admittedAnyway } from "./ward.ts";

const A = routeOf(backendOf("a"));
const B = routeOf(backendOf("b"));
const C = routeOf(backendOf("c"));
const POOL = routeOf(backendOf("pool", { keys: ["k1", "k2", "k3"] }));

/** A Health whose clock stands still until told. */
function standingHealth() {
  let nowMs = 0;
  const health = alternating(
    parts((shared) => new Health({ monotonicMs: () => nowMs, shared })),
  );
  return { health, pass: (seconds: number) => void (nowMs += seconds * 1000) };
}

/** Cools a route from outside the request at hand. */
function cool(health: Health, route: Route, seconds: number): void {
  const hint = hintOf(seconds * 1000);
  const finding = {
    kind: "failed",
    cool: "route",
    row: 12,
    reason: "status 503",
    hint,
    isLasting: false,
  } as const;
  health.record(admittedAnyway(health, route), finding, FALLBACK);
}

interface Course {
  readonly routes: readonly Route[];
  readonly health?: Health;
  readonly settings?: Partial<FallbackSettings>;
  /** What every attempt cools when it fails, which it does. */
  readonly cools?: Scope;
  /** Whether the call may be tried elsewhere. */
  readonly movesOn?: boolean;
  readonly prefersKey?: (key: string) => boolean;
  /** What every attempt takes. */
  readonly attemptMs?: number;
  /** What had passed before the first. */
  readonly uploadMs?: number;
  /** Whether the call may leave something behind. */
  readonly mayCreate?: boolean;
}

function admissionsOf(plan: Plan, health: Health, given: Partial<AdmissionsOptions> = {}) {
  const callerKey = () => undefined;
  const moment = { elapsedMs: () => 0, prefersKey: () => false, callerKey, mayCreate: false };
  return new Admissions(plan, health, { settings: FALLBACK, ...moment, ...given });
}

const FELL_BACK = { row: 12, reason: "", action: "fallback", ifLast: "as_it_came" } as const;

/** A request all of whose attempts fail. */
function failingCourse(course: Course) {
  const { routes, cools = "route", movesOn = true, mayCreate = false, ...given } = course;
  const { attemptMs = 0, uploadMs = 0 } = given;
  const settings = { ...FALLBACK, ...given.settings };
  const health = given.health ?? standingHealth().health;
  const prefersKey = given.prefersKey ?? (() => false);
  const elapsedMs = () => uploadMs + tickets.length * attemptMs;
  const plan = { routes, skipped: [] };
  const admissions = admissionsOf(plan, health, {
    settings,
    elapsedMs,
    prefersKey,
    mayCreate,
  });
  const tickets: Ticket[] = [];
  for (let next = admissions.next(); next !== undefined; next = admissions.next()) {
    tickets.push(next);
    const finding = {
      kind: "failed",
      row: 12,
      reason: "status 503",
      hint: undefined,
      isLasting: false,
    } as const;
    health.record(next, { ...finding, cool: cools }, settings);
    admissions.failed(next, { ...FELL_BACK, cool: cools, movesOn });
    assert.ok(tickets.length < 50, "the request never ends");
  }
  const passedOver = admissions.passedOver().map(({ backend, reason }) => `${backend}: ${reason}`);
  return { tickets, tried: tickets.map(({ route }) => route.backend.name), passedOver, admissions };
}

testLoops("Admissions.next() goes through the plan in order, each route once", () => {
  assert.deepEqual(failingCourse({ routes: [C, A, B] }).tried, ["c", "a", "b"]);
});

testLoops("Admissions.next() tries a failed route once although nothing was cooled", () => {
  assert.deepEqual(failingCourse({ routes: [A, B], cools: "nothing" }).tried, ["a", "b"]);
});

testLoops("Admissions.next() makes max_retries attempts at most, the first included", () => {
  const { tried, admissions } = failingCourse({ routes: [A, B, C], settings: { maxAttempts: 2 } });
  assert.deepEqual(tried, ["a", "b"]);
  assert.equal(admissions.attempts, 2);
});

testLoops("Admissions.next() passes cooling routes over while others are left", () => {
  const { health } = standingHealth();
  cool(health, A, 30);
  const { tickets, passedOver } = failingCourse({ routes: [A, B], health });
  assert.deepEqual(tickets.map(({ route, kind }) => [route, kind]), [
    [B, "regular"],
    [A, "last_resort"],
  ]);
  assert.deepEqual(passedOver, []);
});

testLoops("Admissions.next() passes over the other routes of a backend that just failed", () => {
  const sibling = routeOf(A.backend, { model: "other" });
  assert.deepEqual(failingCourse({ routes: [A, sibling, B], cools: "backend" }).tried, ["a", "b"]);
});

testLoops("cases 5: the keys of a pool count as one attempt", () => {
  const { tickets } = failingCourse({ routes: [POOL, A], cools: "key" });
  assert.deepEqual(tickets.map(({ key }) => key), ["k1", "k2", "k3", undefined]);
  const settings = { maxAttempts: 1 };
  const alone = failingCourse({ routes: [POOL, A], cools: "key", settings });
  assert.deepEqual(alone.tickets.map(({ key }) => key), ["k1", "k2", "k3"]);
});

testLoops("cases 5: four keys all refused do not keep a healthy backend from its attempt", () => {
  const four = routeOf(backendOf("four", { keys: ["k1", "k2", "k3", "k4"] }));
  const { tried } = failingCourse({
    routes: [four, A],
    cools: "key",
    settings: { maxAttempts: 3 },
  });
  assert.deepEqual(tried, ["four", "four", "four", "four", "a"]);
});

testLoops("cases 5: at most 4 keys of a pool are tried in one request", () => {
  const backend = backendOf("many", { keys: ["k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8"] });
  const routes = [routeOf(backend), routeOf(backend, { model: "other" }), A];
  const { tickets } = failingCourse({ routes, cools: "key", settings: { maxAttempts: 0x7fff } });
  assert.deepEqual(tickets.map(({ key }) => key), ["k1", "k2", "k3", "k4", "k5", undefined]);
});

testLoops("Admissions.next() goes on to the next route when the pool is used up", () => {
  const settings = { maxAttempts: 10 };
  const { tried } = failingCourse({ routes: [POOL, A], cools: "key", settings });
  assert.deepEqual(tried, ["pool", "pool", "pool", "a"]);
});

testLoops("Admissions.next() tries no key twice where nothing is ever cooled", () => {
  const settings = { maxAttempts: Infinity, cooldownMs: 0 };
  const { tickets } = failingCourse({ routes: [POOL, A], cools: "key", settings });
  assert.deepEqual(tickets.map(({ key }) => key), ["k1", "k2", "k3", undefined]);
});

testLoops(
  "cases 4: when all cool, all are tried: the soonest of those tried at the same time first",
  () => {
    const { health } = standingHealth();
    cool(health, A, 30);
    cool(health, B, 20);
    cool(health, C, 40);
    const { tickets, passedOver } = failingCourse({ routes: [A, B, C], health });
    assert.deepEqual(tickets.map(({ route, kind }) => [route, kind]), [
      [B, "last_resort"],
      [A, "last_resort"],
      [C, "last_resort"],
    ]);
    assert.deepEqual(passedOver, []);
  },
);

testLoops("Admissions.next() tries none when all cool and the configuration says reject", () => {
  const { health } = standingHealth();
  cool(health, A, 30);
  const settings = { whenAllCooling: "reject" as const };
  const { tried, admissions } = failingCourse({ routes: [A], health, settings });
  assert.deepEqual(tried, []);
  assert.deepEqual(admissions.passedOver(), [{
    backend: "a",
    model: "model",
    reason: "cooling for another 30 s after status 503",
    retryAfterMs: 30_000,
  }]);
});

testLoops(
  "cases 4: a route that is cooling and well again is asked once the others have failed",
  () => {
    const { health } = standingHealth();
    cool(health, A, 300);
    assert.deepEqual(failingCourse({ routes: [A, B], health }).tried, ["b", "a"]);
  },
);

testLoops("cases 4: no last resort where max_retries is used up or the deadline has passed", () => {
  const { health } = standingHealth();
  cool(health, B, 30);
  const one = { maxAttempts: 1 };
  assert.deepEqual(failingCourse({ routes: [A, B], health, settings: one }).tried, ["a"]);
  const late = { deadlineMs: 1000 };
  const course = { routes: [C, B], health, settings: late, attemptMs: 1000 };
  assert.deepEqual(failingCourse(course).tried, ["c"]);
});

testLoops(
  "cases 4: what may create something has a last resort for its first attempt alone",
  () => {
    const { health } = standingHealth();
    cool(health, B, 30);
    assert.deepEqual(failingCourse({ routes: [A, B], health, mayCreate: true }).tried, ["a"]);
    assert.deepEqual(failingCourse({ routes: [A, B], health, mayCreate: true }).tried, ["b"]);
  },
);

testLoops("cases 4: a second request takes the next cooling route", () => {
  const { health } = standingHealth();
  cool(health, A, 20);
  cool(health, B, 30);
  const plan = { routes: [A, B], skipped: [] };
  const requests = [1, 2, 3].map(() => admissionsOf(plan, health));
  assert.deepEqual(requests.map((each) => each.next()?.route.backend.name), ["a", "b", undefined]);
  const reason = "it is cooling, and another request is trying it all the same";
  assert.deepEqual(
    requests[2]!.passedOver().map((each) => [each.backend, each.reason, each.retryAfterMs]),
    [["a", reason, 1000], ["b", reason, 1000]],
  );
});

testLoops("Admissions.next() never goes over max_concurrent, not even as a last resort", () => {
  const { health } = standingHealth();
  const full = routeOf(backendOf("full", { maxConcurrent: 1 }));
  health.admit(full);
  const { tried, passedOver } = failingCourse({ routes: [full], health });
  assert.deepEqual(tried, []);
  assert.deepEqual(passedOver, ["full: full has 1 requests in flight, its max_concurrent"]);
});

testLoops("Admissions.next() joins a probe in flight when there is no other route", () => {
  const { health, pass } = standingHealth();
  cool(health, A, 30);
  pass(30);
  health.admit(A);
  assert.deepEqual(failingCourse({ routes: [A, B], health }).tried, ["b", "a"]);
});

testLoops("Admissions.next() starts no attempt after deadline_seconds", () => {
  const settings = { deadlineMs: 240_000 };
  const course = { routes: [A, B, C], settings, attemptMs: 120_000 };
  const { tried, passedOver } = failingCourse(course);
  assert.deepEqual(tried, ["a", "b"]);
  assert.deepEqual(passedOver, ["c: deadline_seconds (240) had passed"]);
});

testLoops("Admissions.next() starts the next attempt just before deadline_seconds", () => {
  const settings = { deadlineMs: 240_000 };
  assert.deepEqual(failingCourse({ routes: [A, B], settings, attemptMs: 239_999 }).tried, [
    "a",
    "b",
  ]);
});

testLoops("Admissions.next() makes the first attempt however long the upload took", () => {
  const settings = { deadlineMs: 1000 };
  assert.deepEqual(failingCourse({ routes: [A, B], settings, uploadMs: 9000 }).tried, ["a"]);
  const { health } = standingHealth();
  cool(health, A, 30);
  assert.deepEqual(failingCourse({ routes: [A], health, settings, uploadMs: 9000 }).tried, ["a"]);
});

testLoops("Admissions.next() starts no attempt where another could do twice what is done", () => {
  assert.deepEqual(failingCourse({ routes: [A, B, C], movesOn: false }).tried, ["a"]);
  assert.deepEqual(failingCourse({ routes: [POOL, A], movesOn: false, cools: "key" }).tried, [
    "pool",
  ]);
});

testLoops("Admissions.next() gives the key that the conversation was served with", () => {
  const prefersKey = (key: string) => key === "k2";
  const { tickets } = failingCourse({ routes: [POOL, A], cools: "key", prefersKey });
  assert.deepEqual(tickets.map(({ key }) => key), ["k2", "k1", "k3", undefined]);
});

testLoops("Admissions.passedOver() names disabled routes, which no waiting brings back", () => {
  const { health } = standingHealth();
  const reason = "the route is turned off (enabled: false)";
  const skipped = [{ route: B, cause: "off", reason }] as const;
  const admissions = admissionsOf({ routes: [], skipped }, health);
  assert.equal(admissions.next(), undefined);
  assert.deepEqual(admissions.passedOver(), [{
    backend: "b",
    model: "model",
    reason,
    retryAfterMs: undefined,
  }]);
});

testLoops("Admissions.passedOver() leaves out what was tried", () => {
  assert.deepEqual(failingCourse({ routes: [A, B] }).passedOver, []);
  assert.deepEqual(failingCourse({ routes: [POOL], cools: "key" }).passedOver, []);
});

testLoops("Admissions gives back a ticket that showed nothing when the request is over", () => {
  const { health } = standingHealth();
  const backend = backendOf("only", { maxConcurrent: 1 });
  const plan = { routes: [routeOf(backend)], skipped: [] };
  {
    using admissions = admissionsOf(plan, health);
    assert.ok(admissions.next());
    assert.equal(health.inFlight(backend), 1);
  }
  assert.equal(health.inFlight(backend), 0);
});

testLoops("Admissions leaves a ticket out that was answered and is being relayed", () => {
  const { health } = standingHealth();
  const backend = backendOf("only", { maxConcurrent: 1 });
  const plan = { routes: [routeOf(backend)], skipped: [] };
  {
    using admissions = admissionsOf(plan, health);
    const ticket = admissions.next();
    assert.ok(ticket);
    health.record(ticket, { kind: "answered" }, FALLBACK);
  }
  assert.equal(health.inFlight(backend), 1);
});
