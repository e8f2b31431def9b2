import assert from "node:assert/strict";
import { AS_SET } from "../../lib/policy/cooldown_length.ts";
import { routeSubject } from "../../lib/state/subjects.ts";
import { backendOf, routeOf } from "../routing.ts";
import { testLoops } from "./loops.ts";
import { admittedAnyway, ANSWERED, failure, NOTHING, Ward } from "./ward.ts";

const A = backendOf("a");
const ONE = routeOf(A, { model: "one" });
const TWO = routeOf(A, { model: "two" });
const POOL = backendOf("pool", { keys: ["k1", "k2", "k3"] });
const POOLED = routeOf(POOL);

testLoops("Health.admit() admits a route of which nothing is known", () => {
  const ticket = new Ward().admit(ONE);
  const { callerKey, ...rest } = ticket;
  assert.equal(callerKey(), undefined);
  assert.deepEqual(rest, {
    route: ONE,
    kind: "regular",
    key: undefined,
    startedAtMs: 0,
    pending: true,
  });
});

testLoops("Health.record() cools a route for 300 seconds, and no other of its backend", () => {
  const ward = new Ward();
  ward.attempt(ONE, failure("route"));
  assert.equal(ward.waitSeconds(ONE), 300);
  assert.equal(ward.waitSeconds(TWO), 0);
  ward.pass(299.999);
  assert.equal(ward.refuse(ONE).cause, "cooling");
  ward.pass(0.001);
  assert.equal(ward.waitSeconds(ONE), 0);
});

testLoops("Health.record() cools a backend with all its routes, and no other backend", () => {
  const ward = new Ward();
  ward.attempt(ONE, failure("backend"));
  assert.equal(ward.waitSeconds(TWO), 300);
  assert.equal(ward.waitSeconds(POOLED), 0);
});

testLoops("Health.record() cools for as long as the backend asks", () => {
  const ward = new Ward();
  ward.attempt(ONE, failure("route", 7000));
  assert.equal(ward.waitSeconds(ONE), 7);
});

testLoops("Health.record() cools nothing where the verdict names nothing", () => {
  const ward = new Ward();
  assert.deepEqual(ward.record(ward.admit(ONE), failure("nothing")), { kind: "none" });
  assert.deepEqual(ward.record(ward.admit(ONE), NOTHING), { kind: "none" });
  assert.equal(ward.waitSeconds(ONE), 0);
});

testLoops("Health.record() says what it changed", () => {
  const ward = new Ward();
  const cooled = ward.record(ward.admit(ONE), failure("route"));
  assert.deepEqual(cooled, {
    kind: "cooled",
    scope: "route",
    forMs: 300_000,
    subject: routeSubject(ONE),
    cooldown: {
      startedAtMs: 0,
      untilMs: 300_000,
      triedAtMs: 0,
      lengthMs: 300_000,
      doublings: 0,
      why: AS_SET,
      isLasting: false,
      row: 12,
      reason: "status 503",
    },
  });
  ward.pass(300);
  assert.deepEqual(ward.record(ward.admit(ONE), ANSWERED), { kind: "recovered" });
  assert.deepEqual(ward.record(ward.admit(ONE), ANSWERED), { kind: "none" });
});

testLoops("Health.record() cools nothing where the configuration says 0 seconds", () => {
  const ward = new Ward({ cooldownMs: 0 });
  ward.attempt(ONE, failure("route"));
  assert.equal(ward.waitSeconds(ONE), 0);
});

testLoops("Health.lookAt() tells of a backend and its keys, whatever one of its routes has", () => {
  const ward = new Ward();
  ward.attempt(ONE, failure("route"));
  assert.equal(ward.health.lookAt(A).phase, "closed");
  ward.attempt(TWO, failure("backend"));
  assert.deepEqual(ward.health.lookAt(A), {
    phase: "open",
    untilMs: 300_000,
    reason: "status 503",
  });
  for (const _ of POOL.keys) ward.attempt(POOLED, failure("key"));
  assert.equal(ward.health.lookAt(POOL).phase, "open");
  ward.pass(300);
  assert.equal(ward.health.lookAt(POOL).phase, "half_open");
});

testLoops("Health.admit() says why it refuses, and for how long", () => {
  const ward = new Ward();
  ward.attempt(ONE, failure("route"));
  ward.pass(250.5);
  assert.deepEqual(ward.refuse(ONE), {
    kind: "refused",
    cause: "cooling",
    reason: "cooling for another 50 s after status 503",
    retryAfterMs: 49_500,
  });
});

testLoops("Health.admit() lets one probe through among 200 requests (F052)", () => {
  const ward = new Ward();
  ward.attempt(ONE, failure("route"));
  ward.pass(300);
  const admissions = Array.from({ length: 200 }, () => ward.health.admit(ONE));
  const admitted = admissions.flatMap((admission) =>
    admission.kind === "admitted" ? [admission.ticket] : []
  );
  assert.deepEqual(admitted.map(({ kind }) => kind), ["probe"]);
  assert.equal(ward.refuse(ONE).cause, "probing");
});

testLoops("Health.admit() probes a backend once for all its routes", () => {
  const ward = new Ward();
  ward.attempt(ONE, failure("backend"));
  ward.pass(300);
  assert.equal(ward.admit(ONE).kind, "probe");
  assert.equal(ward.refuse(TWO).cause, "probing");
});

testLoops("Health.record() puts a route back in use when its probe is answered", () => {
  const ward = new Ward();
  ward.attempt(ONE, failure("route"));
  ward.pass(300);
  ward.attempt(ONE, ANSWERED);
  assert.equal(ward.admit(ONE).kind, "regular");
});

testLoops("Health.record() doubles the cooldown of a failed probe, up to the maximum", () => {
  const ward = new Ward();
  ward.attempt(ONE, failure("route"));
  for (const expected of [600, 1200, 2400, 3600, 3600]) {
    ward.pass(ward.refuse(ONE).retryAfterMs / 1000);
    assert.equal(ward.attempt(ONE, failure("route")).kind, "probe");
    assert.equal(ward.waitSeconds(ONE), expected);
  }
});

testLoops("Health.record() starts again from 300 seconds after a recovery", () => {
  const ward = new Ward();
  for (const wait of [300, 600]) {
    ward.attempt(ONE, failure("route"));
    ward.pass(wait);
  }
  ward.attempt(ONE, ANSWERED);
  ward.attempt(ONE, failure("route"));
  assert.equal(ward.waitSeconds(ONE), 300);
});

testLoops("Health.record() takes a failed probe's hint rather than doubling", () => {
  const ward = new Ward();
  ward.attempt(ONE, failure("route"));
  ward.pass(300);
  ward.attempt(ONE, failure("route", 4000));
  assert.equal(ward.waitSeconds(ONE), 4);
});

testLoops("Health.record() offers the probe again when it showed nothing", () => {
  for (const finding of [NOTHING, failure("nothing")]) {
    const ward = new Ward();
    ward.attempt(ONE, failure("route"));
    ward.pass(300);
    ward.attempt(ONE, finding);
    assert.equal(ward.admit(ONE).kind, "probe");
  }
});

testLoops("Health.record() learns nothing of a cooldown from attempts begun before it", () => {
  const ward = new Ward();
  const [first, second, third] = [ward.admit(ONE), ward.admit(ONE), ward.admit(ONE)];
  ward.pass(10);
  ward.record(first, failure("route"));
  ward.pass(10);
  assert.deepEqual(ward.record(second, failure("route", 900_000)), { kind: "none" });
  assert.deepEqual(ward.record(third, ANSWERED), { kind: "none" });
  assert.equal(ward.waitSeconds(ONE), 290);
});

testLoops(
  "Health.admitLastResort() is an attempt at a cooling route, whose answer clears the cooldown",
  () => {
    const ward = new Ward();
    ward.attempt(ONE, failure("route"));
    ward.pass(1);
    const ticket = admittedAnyway(ward.health, ONE);
    assert.equal(ticket.kind, "last_resort");
    assert.deepEqual(ward.record(ticket, ANSWERED), { kind: "recovered" });
    assert.equal(ward.waitSeconds(ONE), 0);
  },
);

testLoops(
  "Health.admitLastResort() takes what was tried longest ago, of equals the soonest",
  () => {
    const ward = new Ward();
    ward.attempt(ONE, failure("route"));
    ward.attempt(TWO, failure("route"));
    const soonest = ward.record(admittedAnyway(ward.health, TWO), failure("route", 50_000));
    assert.equal(soonest.kind, "cooled");
    const first = ward.health.admitLastResort([ONE, TWO]);
    assert.equal(first?.route, TWO);
    ward.pass(1);
    ward.record(first, failure("route"));
    assert.equal(ward.health.admitLastResort([ONE, TWO])?.route, ONE);
  },
);

testLoops(
  "Health.admitLastResort() has one attempt at a route at a time: the second takes the next",
  () => {
    const ward = new Ward();
    ward.attempt(ONE, failure("route"));
    ward.attempt(TWO, failure("route"));
    const first = ward.health.admitLastResort([ONE, TWO]);
    const second = ward.health.admitLastResort([ONE, TWO]);
    assert.deepEqual([first?.route, second?.route], [ONE, TWO]);
    assert.equal(ward.health.admitLastResort([ONE, TWO]), undefined);
    ward.record(first!, failure("route"));
    assert.equal(ward.health.admitLastResort([ONE, TWO])?.route, ONE);
  },
);

testLoops("Health.admitLastResort() takes none that is well, full or out of use", () => {
  const ward = new Ward();
  assert.equal(ward.health.admitLastResort([ONE]), undefined);
  ward.attempt(ONE, failure("route"));
  ward.health.outOfUse.add(ONE);
  assert.equal(ward.health.admitLastResort([ONE]), undefined);
});

testLoops("Health.record() changes nothing by a last resort's failure without a hint", () => {
  for (const scope of ["route", "backend"] as const) {
    const ward = new Ward();
    ward.attempt(ONE, failure("route"));
    ward.pass(100);
    const ticket = admittedAnyway(ward.health, ONE);
    assert.deepEqual(ward.record(ticket, failure(scope)), { kind: "none" });
    assert.equal(ward.waitSeconds(ONE), 200);
    assert.equal(ward.waitSeconds(TWO), 0);
  }
});

testLoops("Health.record() takes a last resort's hint", () => {
  const ward = new Ward();
  ward.attempt(ONE, failure("route"));
  ward.pass(100);
  ward.record(admittedAnyway(ward.health, ONE), failure("route", 20_000));
  assert.equal(ward.waitSeconds(ONE), 20);
});

testLoops("Health.admit() refuses a backend at its max_concurrent", () => {
  const full = routeOf(backendOf("small", { maxConcurrent: 2 }));
  const ward = new Ward();
  const first = ward.admit(full);
  ward.admit(full);
  assert.deepEqual(ward.refuse(full), {
    kind: "refused",
    cause: "at_capacity",
    reason: "small has 2 requests in flight, its max_concurrent",
    retryAfterMs: 1000,
  });
  ward.record(first, failure("nothing"));
  assert.equal(ward.admit(full).kind, "regular");
});

testLoops("Health.ended() frees the place of an answered attempt, record() does not", () => {
  const full = routeOf(backendOf("small", { maxConcurrent: 1 }));
  const ward = new Ward();
  const ticket = ward.admit(full);
  ward.record(ticket, ANSWERED);
  assert.equal(ward.refuse(full).cause, "at_capacity");
  ward.health.ended(ticket);
  assert.equal(ward.health.inFlight(full.backend), 0);
});

testLoops("Health.admit() gives a pool's keys in turn", () => {
  const ward = new Ward();
  const keys = Array.from({ length: 5 }, () => ward.attempt(POOLED, ANSWERED).key);
  assert.deepEqual(keys, ["k1", "k2", "k3", "k1", "k2"]);
});

testLoops("Health.admit() passes a cooled key over, for every route of its backend", () => {
  const ward = new Ward();
  ward.attempt(POOLED, failure("key"));
  const other = routeOf(POOL, { model: "other" });
  const keys = [POOLED, other, POOLED, other].map((route) => ward.attempt(route, ANSWERED).key);
  assert.deepEqual(keys, ["k2", "k3", "k2", "k3"]);
});

testLoops(
  "Health.admit() refuses a pool of which every key is cooled, until the first recovers",
  () => {
    const ward = new Ward();
    for (const seconds of [30, 20, 40]) ward.attempt(POOLED, failure("key", seconds * 1000));
    assert.equal(ward.waitSeconds(POOLED), 20);
    ward.pass(20);
    const ticket = ward.admit(POOLED);
    assert.deepEqual([ticket.key, ticket.kind], ["k2", "probe"]);
    assert.equal(ward.refuse(POOLED).cause, "probing");
  },
);

testLoops("Health.admitLastResort() takes the key that recovers soonest", () => {
  const ward = new Ward();
  for (const seconds of [30, 20, 40]) ward.attempt(POOLED, failure("key", seconds * 1000));
  assert.equal(admittedAnyway(ward.health, POOLED).key, "k2");
});

testLoops("Health.otherKeys() counts the keys that may be tried now", () => {
  const ward = new Ward();
  const ticket = ward.admit(POOLED);
  assert.equal(ward.health.otherKeys(ticket), 2);
  ward.attempt(POOLED, failure("key"));
  assert.equal(ward.health.otherKeys(ticket), 1);
  assert.equal(ward.health.otherKeys(ward.admit(ONE)), 0);
});

testLoops("Health.look() gives the longest wait among backend, route and keys", () => {
  const ward = new Ward();
  const phase = () => ward.health.look(ONE).phase;
  assert.equal(phase(), "closed");
  ward.record(ward.admit(ONE), failure("route", 50_000));
  ward.record(ward.admit(TWO), failure("backend", 80_000));
  assert.deepEqual(ward.health.look(ONE), {
    phase: "open",
    untilMs: 80_000,
    reason: "status 503",
  });
  ward.pass(80);
  assert.equal(phase(), "half_open");
});
