import assert from "node:assert/strict";
import { aliasOf, backendOf, routeOf, snapshotOf } from "../routing.ts";
import { testLoops } from "./loops.ts";
import { failure, Ward } from "./ward.ts";

const ONE = routeOf(backendOf("one"));
const SAME = routeOf(ONE.backend, { priority: 7 });
const OTHER = routeOf(ONE.backend, { model: "other" });

testLoops(
  "Health.admit() refuses a route that is out of use, under every alias, and no other",
  () => {
    const ward = new Ward();
    assert.equal(ward.health.outOfUse.add(ONE), true);
    for (const route of [ONE, SAME]) {
      const { cause, retryAfterMs } = ward.refuse(route);
      assert.deepEqual([cause, retryAfterMs], ["out_of_use", Infinity]);
    }
    ward.admit(OTHER);
  },
);

testLoops("OutOfUse.delete() puts a route back", () => {
  const ward = new Ward();
  ward.health.outOfUse.add(ONE);
  assert.equal(ward.health.outOfUse.add(ONE), false);
  assert.equal(ward.health.outOfUse.delete(SAME), true);
  assert.equal(ward.health.outOfUse.delete(ONE), false);
  ward.admit(ONE);
});

testLoops("Health.retain() keeps what is out of use, and forgets routes that are gone", () => {
  const ward = new Ward();
  const before = snapshotOf([aliasOf("a", [ONE, OTHER])]);
  ward.health.outOfUse.add(ONE);
  ward.health.outOfUse.add(OTHER);
  ward.health.retain(snapshotOf([aliasOf("a", [ONE])]), before);
  assert.equal(ward.health.outOfUse.has(ONE), true);
  assert.equal(ward.health.outOfUse.has(OTHER), false);
});

testLoops("Health.clearCooldown() ends a cooldown at once, whenever it began", () => {
  const ward = new Ward();
  ward.attempt(ONE, failure("route"));
  const [cooled] = ward.health.cooldowns();
  assert.equal(cooled?.cooldown.reason, "status 503");
  assert.equal(ward.health.clearCooldown(cooled?.subject ?? ""), true);
  assert.equal(ward.health.clearCooldown(cooled?.subject ?? ""), false);
  assert.deepEqual(ward.health.cooldowns(), []);
  assert.equal(ward.admit(ONE).kind, "regular");
});
