import assert from "node:assert/strict";
import type { Route } from "../../lib/config/snapshot.ts";
import { Timings } from "../../lib/state/timings.ts";
import { aliasOf, backendOf, routeOf, snapshotOf } from "../routing.ts";
import { alternating, parts, testLoops } from "./loops.ts";

const ONE = routeOf(backendOf("one"));
const TWO = routeOf(backendOf("two"));

/** Timings whose clock stands still until told. */
class Watch {
  #nowMs = 1_000_000;
  readonly timings = alternating(
    parts((shared) => new Timings({ monotonicMs: () => this.#nowMs, shared })),
  );

  pass(seconds: number): void {
    this.#nowMs += seconds * 1000;
  }

  noted(route: Route, ...all: readonly number[]): number | undefined {
    for (const ms of all) this.timings.note(route, ms);
    return this.timings.firstContentMs(route);
  }
}

testLoops("Timings.firstContentMs() is undefined where nothing was noted", () => {
  const { timings } = new Watch();
  timings.note(TWO, 100);
  assert.equal(timings.firstContentMs(ONE), undefined);
});

testLoops("Timings.note() begins with the first time and moves by 0.3 of what is new", () => {
  const watch = new Watch();
  assert.equal(watch.noted(ONE, 1000), 1000);
  assert.equal(watch.noted(ONE, 2000), 1300);
  assert.equal(watch.noted(ONE, 300), 1000);
  assert.equal(watch.noted(TWO, 0), 0);
});

testLoops("Timings knows a route by its backend's name and its model", () => {
  const watch = new Watch();
  watch.noted(ONE, 1000);
  const reloaded = routeOf(backendOf("one"), { priority: 7 });
  assert.equal(watch.timings.firstContentMs(reloaded), 1000);
  const other = routeOf(backendOf("one"), { model: "other" });
  assert.equal(watch.timings.firstContentMs(other), undefined);
});

testLoops("Timings.firstContentMs() forgets a time 5 minutes after the last note", () => {
  const watch = new Watch();
  watch.noted(ONE, 1000);
  watch.pass(299);
  assert.equal(watch.noted(ONE, 1000), 1000);
  watch.pass(299);
  assert.equal(watch.timings.firstContentMs(ONE), 1000);
  watch.pass(1);
  assert.equal(watch.timings.firstContentMs(ONE), undefined);
});

testLoops("Timings.note() begins anew where the times before are forgotten", () => {
  const watch = new Watch();
  watch.noted(ONE, 60_000);
  watch.pass(300);
  assert.equal(watch.noted(ONE, 100), 100);
});

testLoops("Timings.note() keeps 10,000 routes, the longest ago noted going first", () => {
  const { timings } = new Watch();
  const routes = Array.from(
    { length: 10_001 },
    (_, i) => routeOf(backendOf("b"), { model: `${i}` }),
  );
  for (const route of routes.slice(0, 10_000)) timings.note(route, 1);
  timings.note(routes[0]!, 1);
  timings.note(routes[10_000]!, 1);
  const forgotten = routes.filter((route) => timings.firstContentMs(route) === undefined);
  assert.deepEqual(forgotten.map(({ model }) => model), ["1"]);
});

testLoops("Timings.retain() forgets the routes that are gone", () => {
  const watch = new Watch();
  watch.noted(ONE, 1000);
  watch.noted(TWO, 2000);
  watch.timings.retain(snapshotOf([aliasOf("chat", [routeOf(backendOf("two"))])]));
  assert.equal(watch.timings.firstContentMs(ONE), undefined);
  assert.equal(watch.timings.firstContentMs(TWO), 2000);
});
