import assert from "node:assert/strict";
import { incomingOf } from "../../lib/admin/serve.ts";
import { Journal } from "../../lib/record/journal.ts";
import { Load } from "../../lib/state/load.ts";
import type { Shared } from "../../lib/state/shared.ts";
import { standingClock } from "../proxy.ts";
import { aliasOf, backendOf, routeOf, snapshotOf } from "../routing.ts";
import { loopsOf } from "./loops.ts";

const MIB = 1024 * 1024;
const SNAPSHOT = snapshotOf([aliasOf("chat", [routeOf(backendOf("own"))])]);
const SILENT = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  takes: () => true,
  flush: () => Promise.resolve(),
};

/** Requests of a journal, and the load that they make; memory in MiB of a heap of 1000. */
function scene(shared?: Shared) {
  const clock = standingClock();
  let heapMib = 100;
  const memory = () => ({
    heapBytes: heapMib * MIB,
    heapLimitBytes: 1000 * MIB,
    externalBytes: 0,
  });
  const load = new Load({ ...clock, log: SILENT, memory, shared });
  const journal = new Journal({ clock, log: SILENT });
  journal.watch(load);
  const incoming = incomingOf(new Request("http://h/"), "127.0.0.1:1");
  return {
    load,
    open: () => journal.open(incoming, SNAPSHOT),
    heap: (mib: number) => heapMib = mib,
    pass: clock.pass,
  };
}

const LIMITS = { maxConcurrent: Infinity, maxHeldBytes: 100 };
const OVER = { kind: "complete", bytes: 0, detail: "" } as const;

Deno.test("Load counts a request from its arrival to its end", () => {
  const { load, open } = scene();
  const limits = { ...LIMITS, maxConcurrent: 2 };
  const [first] = [open(), open()];
  assert.equal(load.refusal(limits, 0)?.retryAfterMs, 1000);
  first.ended(OVER);
  assert.equal(load.refusal(limits, 0), undefined);
  open();
  assert.equal(load.refusal(limits, 0)?.code, "overloaded");
  assert.deepEqual(load.shed, { max_concurrent: 2, memory: 0 });
});

Deno.test("Load.roomFor() gives room until the budget is used up, and gets it back at the end", () => {
  const { load, open } = scene();
  const [one, other] = [open(), open()];
  const [room, otherRoom] = [load.roomFor(one, LIMITS), load.roomFor(other, LIMITS)];
  assert.equal(room.take(60), true);
  assert.equal(otherRoom.take(40), true);
  assert.equal(otherRoom.take(1), false);
  assert.equal(load.refusal(LIMITS, 1)?.retryAfterMs, 5000);
  one.ended(OVER);
  assert.equal(load.heldBytes, 40);
  assert.equal(otherRoom.take(1000), true, "alone, it may be as large as it likes");
  other.ended(OVER);
  assert.equal(load.heldBytes, 0);
  assert.equal(otherRoom.take(1), false, "it has ended");
});

Deno.test("Load turns requests away at 85 % of the heap, lets one a second in, and recovers at 75 %", () => {
  const { load, open, heap, pass } = scene();
  open();
  const look = () => {
    pass(0.1);
    return load.refusal(LIMITS, 0)?.code;
  };
  assert.equal(look(), undefined);
  heap(900);
  assert.equal(load.refusal(LIMITS, 0), undefined, "it looks every 100 ms");
  assert.deepEqual([look(), look(), look()], [undefined, "overloaded", "overloaded"]);
  pass(1);
  assert.deepEqual([look(), look()], [undefined, "overloaded"]);
  heap(800);
  assert.equal(look(), "overloaded");
  heap(700);
  assert.equal(look(), undefined);
});

Deno.test("Load never turns away the only request", () => {
  const { load, heap, pass } = scene();
  heap(990);
  pass(1);
  assert.deepEqual([load.refusal(LIMITS, 0), load.refusal(LIMITS, 1000)], [undefined, undefined]);
});

Deno.test("Load counts what every event loop carries, until that loop has ended", () => {
  const [one, other] = loopsOf(scene, { loops: 2 });
  assert.ok(other !== undefined);
  const limits = { maxConcurrent: 2, maxHeldBytes: 100 * 1024 };
  const [mine, theirs] = [one.open(), other.open()];
  assert.equal(one.load.refusal(limits, 0)?.code, "overloaded");
  assert.equal(one.load.roomFor(mine, limits).take(60_000), true);
  assert.equal(other.load.roomFor(theirs, limits).take(50_000), false);
  assert.equal(other.load.roomFor(theirs, limits).take(40_000), true);
  assert.equal(one.load.heldBytes, 60_000 + 40 * 1024, "the others' to the next KiB");
  one.load.forget(1);
  assert.deepEqual([one.load.inFlight, one.load.heldBytes], [1, 60_000]);
  mine.ended(OVER);
  assert.deepEqual([one.load.inFlight, one.load.heldBytes], [0, 0]);
});
