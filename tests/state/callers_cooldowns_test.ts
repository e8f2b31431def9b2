/** Cooldowns of what callers bring: keys of their own, and names that they think of. */
import assert from "node:assert/strict";
import { Cooldowns } from "../../lib/state/cooldowns.ts";
import { callerSubject, placeOf, routeSubject } from "../../lib/state/subjects.ts";
import { aliasOf, backendOf, FALLBACK, routeOf, snapshotOf } from "../routing.ts";
import { testLoops } from "./loops.ts";
import { failure, Ward } from "./ward.ts";

const BACKEND = backendOf("a");
const ONE = routeOf(BACKEND, { model: "one" });
const TWO = routeOf(BACKEND, { model: "two" });
const POOR = { callerKey: () => "poor" };
const RICH = { callerKey: () => "rich" };

/** A ward whose caller `poor` has no money. */
function poorWard(): Ward {
  const ward = new Ward();
  const admission = ward.health.admit(ONE, POOR);
  assert.ok(admission.kind === "admitted");
  ward.record(admission.ticket, failure("caller", 3_600_000));
  return ward;
}

testLoops(
  "Health.record() cools a backend for one caller's key, and for nobody else (cases 6)",
  () => {
    const ward = poorWard();
    for (const route of [ONE, TWO]) {
      assert.equal(ward.health.admit(route, POOR).kind, "refused");
      assert.equal(ward.health.admit(route, RICH).kind, "admitted");
      assert.equal(ward.health.admit(route).kind, "admitted");
    }
  },
);

testLoops(
  "Health.admit() probes a backend again for a caller's key, whose answer clears it",
  () => {
    const ward = poorWard();
    ward.pass(3600);
    const probe = ward.health.admit(ONE, POOR);
    assert.ok(probe.kind === "admitted" && probe.ticket.kind === "probe");
    assert.equal(ward.health.admit(TWO, POOR).kind, "refused");
    assert.equal(ward.health.admit(TWO, RICH).kind, "admitted");
    assert.deepEqual(ward.record(probe.ticket, { kind: "answered" }), { kind: "recovered" });
    assert.equal(ward.health.admit(TWO, POOR).kind, "admitted");
  },
);

testLoops("Health.retain() keeps a caller's cooldown as long as the backend stays", () => {
  const snapshot = snapshotOf([aliasOf("chat", [ONE])]);
  const kept = poorWard();
  kept.health.retain(snapshot, snapshot);
  assert.equal(kept.health.admit(ONE, POOR).kind, "refused");
  const moved = poorWard();
  const elsewhere = routeOf(backendOf("a", { origin: "http://other.example" }));
  moved.health.retain(snapshotOf([aliasOf("chat", [elsewhere])]), snapshot);
  assert.equal(moved.health.admit(ONE, POOR).kind, "admitted");
});

testLoops("Health.admit() tells a route that a caller invented from one of an alias", () => {
  const ward = new Ward();
  const invented = { ...ONE, isInvented: true };
  ward.attempt(invented, failure("route"));
  assert.equal(ward.waitSeconds(invented), 300);
  assert.equal(ward.waitSeconds(ONE), 0);
});

Deno.test("Cooldowns lets nothing that callers invent push out another (cases 3)", () => {
  const cooldowns = new Cooldowns({ shared: undefined, name: "cooldowns" });
  const failed = {
    row: 12,
    reason: "",
    hint: undefined,
    isLasting: false,
    attempt: "regular",
  } as const;
  const cool = (subject: string) =>
    cooldowns.cool(subject, { ...failed, attemptStartedAtMs: 0, nowMs: 0 }, FALLBACK);
  cool(routeSubject(ONE));
  for (let index = 0; index < 12_000; index++) {
    cool(routeSubject({ backend: BACKEND, model: `m${index}`, isInvented: true }));
    cool(callerSubject(BACKEND, `k${index}`));
  }
  assert.ok(cooldowns.has(routeSubject(ONE)));
  assert.equal(cooldowns.all().length, 10_001);
});

Deno.test("placeOf() gives the scope that a person knows", () => {
  assert.deepEqual(placeOf(callerSubject(BACKEND, "d")), {
    scope: "caller",
    backend: "a",
    rest: "d",
  });
  const invented = routeSubject({ backend: BACKEND, model: "m", isInvented: true });
  assert.deepEqual(placeOf(invented), { scope: "route", backend: "a", rest: "m" });
});
