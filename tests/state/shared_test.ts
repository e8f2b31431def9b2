import assert from "node:assert/strict";
import { Health } from "../../lib/state/health.ts";
import { RecentMap } from "../../lib/state/recent_map.ts";
import { Shared } from "../../lib/state/shared.ts";
import { SharedLock } from "../../lib/state/shared_lock.ts";
import { createSharedMemory, MOST_LOOPS, wordsOf } from "../../lib/state/shared_memory.ts";
import { backendOf, FALLBACK, routeOf } from "../routing.ts";
import { loopOf, loopsOf } from "./loops.ts";
import { ANSWERED, failure, NOTHING } from "./ward.ts";

const CAPPED = routeOf(backendOf("capped", { maxConcurrent: 2 }));

/** Two loops and their Health. */
function startLoops() {
  let nowMs = 0;
  const make = (shared: Shared) => {
    return { shared, health: new Health({ monotonicMs: () => nowMs, shared }) };
  };
  const [main, worker] = loopsOf(make, { loops: 2 });
  return {
    main,
    worker: worker!,
    pass: (seconds: number) => void (nowMs += seconds * 1000),
    ticket({ health }: { readonly health: Health }, route = CAPPED) {
      const admission = health.admit(route);
      return admission.kind === "admitted" ? admission.ticket : assert.fail(admission.reason);
    },
  };
}

/** One map in each loop. */
function mapsOf(options: { logBytes?: number; snapshotBytes?: number; loops?: number } = {}) {
  const { loops = 2, ...sizes } = options;
  const memory = createSharedMemory({ loops, logBytes: 256, snapshotBytes: 1 << 16, ...sizes });
  const start = (loop: number) =>
    loopOf((shared) => {
      const small = new RecentMap<string>(Infinity, { shared, name: "small" });
      return { shared, small, large: new RecentMap<string>(Infinity, { shared, name: "large" }) };
    }, { memory, loop });
  return { memory, start, loops: Array.from({ length: loops }, (_, loop) => start(loop)) };
}

Deno.test("createSharedMemory() refuses more loops than it has places for", () => {
  assert.throws(() => createSharedMemory({ loops: MOST_LOOPS + 1 }), /241 event loops/);
});

Deno.test("Shared tells a loop that was away for long what it missed", () => {
  const { loops: [main, worker] } = mapsOf();
  for (let time = 0; time < 500; time++) main!.small.set(`key ${time % 7}`, `${time}`);
  main!.small.delete("key 3");
  assert.equal(worker!.small.get("key 2"), "499");
  assert.deepEqual(worker!.shared.dump(), main!.shared.dump());
});

Deno.test("Shared lets a loop go on that is less than a half behind, without a snapshot", () => {
  const { loops: [main, worker] } = mapsOf({ snapshotBytes: 0 });
  for (let time = 0; time < 500; time++) {
    main!.small.set(`key ${time % 7}`, `${time}`);
    assert.equal(worker!.small.get(`key ${time % 7}`), `${time}`);
  }
});

Deno.test("Shared tells of a change that is larger than its log", () => {
  const { loops: [main, worker] } = mapsOf();
  main!.small.set("before", "1");
  main!.large.set("key", "x".repeat(1000));
  main!.small.set("after", "2");
  assert.deepEqual(["before", "after"].map((key) => worker!.small.get(key)), ["1", "2"]);
  assert.equal(worker!.large.get("key")?.length, 1000);
  worker!.large.delete("key");
  assert.equal(main!.large.get("key"), undefined);
});

Deno.test("Shared leaves out of a snapshot what does not fit, and nothing else", () => {
  const { loops: [main, worker] } = mapsOf({ snapshotBytes: 300 });
  main!.large.set("key", "x".repeat(1000));
  main!.small.set("key", "1");
  assert.equal(worker!.large.get("key"), undefined);
  assert.equal(worker!.small.get("key"), "1");
});

Deno.test("Shared keeps texts of any script, and lone surrogates", () => {
  const { loops: [main, worker] } = mapsOf();
  for (const text of ["退避", "\ud800", 'a "quoted",\n line', "🙂".repeat(20)]) {
    main!.small.set(text, text);
    assert.equal(worker!.small.get(text), text);
  }
});

Deno.test("Shared.expect() lets a loop begin late, with all that there is", () => {
  const { start, loops: [main] } = mapsOf({ loops: 1 });
  for (let time = 0; time < 100; time++) main!.small.set(`key ${time}`, `${time}`);
  main!.shared.expect(1);
  main!.small.set("then", "too");
  const late = start(1);
  assert.deepEqual(late.shared.dump(), main!.shared.dump());
  late.small.set("its", "own");
  assert.equal(main!.small.get("its"), "own");
});

Deno.test("Shared.begin() is refused to a loop that nobody expected and that is too late", () => {
  const { start, loops: [main] } = mapsOf({ loops: 1 });
  for (let time = 0; time < 100; time++) main!.small.set("key", `${time}`);
  assert.throws(() => start(1), /Event loop 1 was not expected/);
  main!.shared.expect(1);
  assert.equal(start(1).small.get("key"), "99");
});

Deno.test("Shared.forget() ends the probe and the attempts in flight that a loop leaves behind", () => {
  const { main, worker, pass, ticket } = startLoops();
  const { backend } = CAPPED;
  const sibling = routeOf({ ...backend, maxConcurrent: 9 }, { model: "other" });
  main.health.record(ticket(main), failure("route"), FALLBACK);
  pass(300);
  assert.equal(ticket(worker).kind, "probe");
  ticket(worker, sibling);
  const own = ticket(main, sibling);
  assert.equal(main.health.inFlight(backend), 3);
  main.shared.forget(1, () => main.health.forget(1));
  assert.equal(main.health.inFlight(backend), 1);
  assert.equal(ticket(main).kind, "probe");
  main.health.record(own, NOTHING, FALLBACK);
  assert.equal(main.health.inFlight(backend), 1);
});

Deno.test("Shared.forget() frees the last resort of a loop that has ended", () => {
  const { main, worker, ticket } = startLoops();
  main.health.record(ticket(main), failure("route"), FALLBACK);
  assert.equal(worker.health.admitLastResort([CAPPED])?.kind, "last_resort");
  assert.equal(main.health.admitLastResort([CAPPED]), undefined);
  main.shared.forget(1, () => main.health.forget(1));
  assert.equal(main.health.admitLastResort([CAPPED])?.kind, "last_resort");
});

Deno.test("Shared.forget() frees the lock that a loop had when it ended", () => {
  const { memory, loops: [main] } = mapsOf();
  new SharedLock(wordsOf(memory), 1).acquire();
  main!.shared.forget(1, () => {});
  main!.small.set("key", "value");
  assert.equal(main!.small.get("key"), "value");
});

Deno.test("Shared.forget() lets a loop of the same number begin again", () => {
  const { start, loops: [main, worker] } = mapsOf();
  worker!.small.set("theirs", "1");
  main!.shared.forget(1, () => {});
  for (let time = 0; time < 100; time++) main!.small.set(`key ${time}`, `${time}`);
  main!.shared.expect(1);
  assert.equal(start(1).small.get("theirs"), "1");
});

Deno.test("Shared.afterwards() waits for the lock to be free, and for nothing else", () => {
  const { loops: [main] } = mapsOf();
  const order: string[] = [];
  main!.shared.together(() => {
    main!.shared.afterwards(() => order.push("later"));
    order.push("first");
  });
  main!.shared.afterwards(() => order.push("at once"));
  assert.deepEqual(order, ["first", "later", "at once"]);
});

Deno.test("Shared.together() gives the lock back when what it does throws", () => {
  const { loops: [main, worker] } = mapsOf();
  assert.throws(() => main!.shared.together(() => assert.fail("no")), /no/);
  worker!.small.set("key", "value");
  assert.equal(main!.small.get("key"), "value");
});

Deno.test("Shared.together() is for loops that have begun", () => {
  const memory = createSharedMemory({ loops: 1, snapshotBytes: 0 });
  const shared = new Shared({ memory, loop: 0 });
  assert.throws(() => shared.together(() => {}), /has not begun/);
});

Deno.test("Counters count for their loop alone where there are more than the memory holds", () => {
  const { loops: [main, worker] } = mapsOf({ logBytes: 1 << 23 });
  const { counters, cells } = main!.shared;
  for (let index = 0; index < cells.length; index++) counters.of(`${index}`).add(1);
  const others = worker!.shared.counters;
  counters.of("one more").add(1);
  assert.deepEqual([counters.of("one more").get(), others.of("one more").get()], [1, 0]);
  assert.equal(others.of("7").get(), 1);
});

Deno.test("Health knows in each loop of a failure in another", () => {
  const { main, worker, ticket } = startLoops();
  const before = ticket(worker);
  main.health.record(ticket(main), failure("backend"), FALLBACK);
  assert.equal(worker.health.whyNot(CAPPED)?.cause, "cooling");
  worker.health.record(before, ANSWERED, FALLBACK);
  worker.health.ended(before);
  assert.equal(main.health.whyNot(CAPPED), undefined);
});
