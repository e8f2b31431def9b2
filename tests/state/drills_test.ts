import assert from "node:assert/strict";
import { Drills } from "../../lib/state/drills.ts";
import { Health } from "../../lib/state/health.ts";
import { backendOf, FALLBACK, routeOf, snapshotOf } from "../routing.ts";
import { parts, testLoops } from "./loops.ts";
import { ANSWERED, failure } from "./ward.ts";

const A = backendOf("a");
const B = backendOf("b");
const POOL = backendOf("pool", { keys: ["k1", "k2"] });

function setUp() {
  let nowMs = 0;
  const clock = { monotonicMs: () => nowMs };
  // What a drill is to another loop is another object: drills_loops_test.ts.
  const [{ drills, health }] = parts((shared) => {
    const drills = new Drills({ ...clock, shared });
    return { drills, health: new Health({ ...clock, drills, shared }) };
  });
  return {
    drills,
    health,
    pass: (seconds: number) => nowMs += seconds * 1000,
    start: (backend = A, forMs = 60_000) => drills.start(backend, { kind: "429", forMs }),
  };
}

function ticketFor(health: Health, backend = A) {
  const admission = health.admit(routeOf(backend));
  return admission.kind === "admitted" ? admission.ticket : assert.fail(admission.reason);
}

testLoops("Drills.of() gives a drill until its end, and leaves other backends alone", () => {
  const { drills, pass, start } = setUp();
  const drill = start();
  assert.deepEqual([drills.of(A), drills.of(B)], [drill, undefined]);
  pass(59.9);
  assert.deepEqual([drills.of(A), drills.leftMs(drill)], [drill, 100]);
  pass(0.1);
  assert.deepEqual([drills.of(A), drills.all(), drills.end("a")], [undefined, [], undefined]);
});

testLoops("Drills.start() bounds a drill by 600 s, and takes the place of an earlier one", () => {
  const { drills, start } = setUp();
  const first = start(A, 1e9);
  assert.equal(drills.leftMs(first), 600_000);
  const second = start();
  assert.ok(first.ended.aborted);
  assert.deepEqual(drills.all(), [second]);
});

testLoops("Drills.retain() ends the drills of backends that are gone", () => {
  const { drills, start } = setUp();
  const [ofA, ofB] = [start(A), start(B)];
  drills.retain(snapshotOf([], { backends: new Map([["b", B]]) }));
  assert.deepEqual([drills.all(), ofA.ended.aborted, ofB.ended.aborted], [[ofB], true, false]);
});

testLoops("Health keeps what a drill shows apart from what is really known", () => {
  const { health, drills, start } = setUp();
  health.record(ticketFor(health), failure("route"), FALLBACK);
  const [real] = health.cooldowns();
  start();
  assert.deepEqual(health.cooldowns(), []);
  health.record(ticketFor(health), failure("backend"), FALLBACK);
  assert.equal(health.whyNot(routeOf(A))?.cause, "cooling");
  assert.notEqual(health.cooldowns()[0], real);
  drills.end("a");
  assert.deepEqual(health.cooldowns(), [real]);
});

testLoops(
  "Health learns from an attempt begun before a drill, and nothing from one that outlives it",
  () => {
    const { health, drills, start } = setUp();
    const before = ticketFor(health);
    start();
    const during = ticketFor(health);
    health.record(before, failure("route"), FALLBACK);
    assert.equal(health.whyNot(routeOf(A)), undefined);
    drills.end("a");
    assert.equal(health.whyNot(routeOf(A))?.cause, "cooling");
    assert.deepEqual(health.record(during, failure("route"), FALLBACK), { kind: "none" });
    assert.equal(health.cooldowns().length, 1);
    assert.equal(health.inFlight(A), 0);
  },
);

testLoops("Health clears no real cooldown for an answer of a drill's", () => {
  const { health, drills, pass, start } = setUp();
  health.record(ticketFor(health), failure("route", 1000), FALLBACK);
  pass(1);
  start();
  health.record(ticketFor(health), ANSWERED, FALLBACK);
  drills.end("a");
  assert.equal(health.look(routeOf(A)).phase, "half_open");
});

testLoops("Health takes no turn of a pool during a drill", () => {
  const { health, drills, start } = setUp();
  assert.equal(ticketFor(health, POOL).key, "k1");
  start(POOL);
  assert.equal(ticketFor(health, POOL).key, "k1");
  drills.end("pool");
  assert.equal(ticketFor(health, POOL).key, "k2");
});

testLoops("Health.clearCooldown() ends a cooldown; Health.isProbing() tells of its probe", () => {
  const { health, pass } = setUp();
  health.record(ticketFor(health), failure("route"), FALLBACK);
  const { subject } = health.cooldowns()[0]!;
  pass(300);
  assert.equal(health.isProbing(subject), false);
  ticketFor(health);
  assert.equal(health.isProbing(subject), true);
  assert.equal(health.clearCooldown(subject), true);
  assert.deepEqual([health.clearCooldown(subject), health.cooldowns()], [false, []]);
});
