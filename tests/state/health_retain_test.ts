import assert from "node:assert/strict";
import type { Backend, Route } from "../../lib/config/snapshot.ts";
import { aliasOf, backendOf, routeOf, snapshotOf } from "../routing.ts";
import { testLoops } from "./loops.ts";
import { admittedAnyway, ANSWERED, failure, NOTHING, Ward } from "./ward.ts";

const A = backendOf("a");
const ONE = routeOf(A, { model: "one" });
const TWO = routeOf(A, { model: "two" });
const POOL = backendOf("pool", { keys: ["k1", "k2", "k3"] });
const POOLED = routeOf(POOL);

/** What is left of ONE's cooldown, and of the pool's first key's, after this reload. */
function afterReload(next: (backend: Backend) => readonly Route[]): readonly number[] {
  const ward = new Ward();
  const before = [ONE, TWO, POOLED];
  ward.attempt(ONE, failure("route"));
  ward.attempt(POOLED, failure("backend"));
  const after = [...next(A), ...next(POOL)];
  const snapshots = [after, before].map((routes) => snapshotOf([aliasOf("chat", routes)]));
  ward.health.retain(snapshots[0]!, snapshots[1]!);
  return [ward.waitSeconds(ONE), ward.waitSeconds(POOLED)];
}

testLoops("Health.retain() keeps what the reload did not change (F129)", () => {
  const same = (backend: Backend) =>
    backend === A ? [ONE, TWO] : [routeOf({ ...POOL, maxConcurrent: 3 })];
  assert.deepEqual(afterReload(same), [300, 300]);
});

testLoops("Health.retain() drops the cooldowns of a backend with another URL", () => {
  const moved = ({ name, keys, auth }: Backend) => {
    const backend = backendOf(name, { keys, auth, origin: "http://elsewhere.example" });
    return [routeOf(backend, { model: "one" }), routeOf(backend)];
  };
  assert.deepEqual(afterReload(moved), [0, 0]);
  const deeper = (backend: Backend) =>
    [{ model: "one" }, {}].map((given) => routeOf({ ...backend, basePath: "/v2" }, given));
  assert.deepEqual(afterReload(deeper), [0, 0]);
});

testLoops("Health.retain() drops the cooldowns of a backend with other keys", () => {
  const keyed = (backend: Backend) =>
    backend === A ? [ONE] : [routeOf({ ...backend, keys: ["k1", "k2"] })];
  assert.deepEqual(afterReload(keyed), [300, 0]);
});

testLoops("Health.retain() drops the cooldowns of a backend that is reached otherwise", () => {
  for (const given of [{ proxy: "direct" }, { roots: ["PEM"] }] as const) {
    const other = (backend: Backend) =>
      backend === A ? [routeOf({ ...A, ...given }, { model: "one" })] : [POOLED];
    assert.deepEqual(afterReload(other), [0, 300]);
  }
});

testLoops("Health.retain() drops what the next snapshot does not have", () => {
  assert.deepEqual(afterReload((backend) => backend === A ? [TWO] : []), [0, 0]);
});

testLoops("Health.retain() keeps counting attempts in flight", () => {
  const ward = new Ward();
  const ticket = ward.admit(ONE);
  ward.health.retain(snapshotOf([]), snapshotOf([aliasOf("chat", [ONE])]));
  assert.equal(ward.health.inFlight(A), 1);
  ward.record(ticket, NOTHING);
  assert.equal(ward.health.inFlight(A), 0);
});

const MOVED = { ...A, origin: "http://elsewhere.example" };

testLoops(
  "Health.record() holds nothing against a backend that moved since the attempt began",
  () => {
    const ward = new Ward();
    const ticket = ward.admit(ONE);
    const moved = routeOf(MOVED, { model: "one" });
    const [next, previous] = [moved, ONE].map((route) => snapshotOf([aliasOf("chat", [route])]));
    ward.health.retain(next!, previous!);
    assert.deepEqual(ward.record(ticket, failure("backend")), { kind: "none" });
    assert.equal(ward.waitSeconds(moved), 0);
    assert.equal(ward.health.inFlight(A), 0);
  },
);

testLoops(
  "Health.record() takes no answer from where a backend was for one from where it is",
  () => {
    const ward = new Ward();
    const moved = routeOf(MOVED, { model: "one" });
    const [next, previous] = [moved, ONE].map((route) => snapshotOf([aliasOf("chat", [route])]));
    ward.health.retain(next!, previous!);
    ward.attempt(moved, failure("route"));
    ward.record(admittedAnyway(ward.health, ONE), ANSWERED);
    assert.equal(ward.waitSeconds(moved), 300);
  },
);

testLoops(
  "Health.record() counts attempts begun before a reload that left the backend as it was",
  () => {
    const ward = new Ward();
    const ticket = ward.admit(ONE);
    const [next, previous] = [1, 2].map(() => snapshotOf([aliasOf("chat", [routeOf({ ...A })])]));
    ward.health.retain(next!, previous!);
    assert.equal(ward.record(ticket, failure("backend")).kind, "cooled");
  },
);
