/** What each part of the state does in one loop when another has changed it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import type { Snapshot } from "../../lib/config/snapshot.ts";
import { GeneralLog } from "../../lib/record/general_log.ts";
import { adopt, createState, expectLoop, forgetLoop } from "../../lib/state/state.ts";
import { createSharedMemory } from "../../lib/state/shared_memory.ts";
import { StoredIds } from "../../lib/state/stored_ids.ts";
import { aliasOf, backendOf, FALLBACK, routeOf, snapshotOf } from "../routing.ts";
import { loopsOf } from "./loops.ts";
import { admittedAnyway, failure, NOTHING } from "./ward.ts";

const A = backendOf("a");
const MOVED = backendOf("a", { origin: "http://elsewhere.example" });
const ROUTE = routeOf(A);

/** The states of two loops, and a way to start others. */
function startStates() {
  const memory = createSharedMemory({ loops: 2, logBytes: 4096, snapshotBytes: 1 << 20 });
  let nowMs = 0;
  const clock = { monotonicMs: () => nowMs, now: () => new Date(nowMs) };
  const log = new GeneralLog({ now: clock.now, console: () => Promise.resolve() });
  const start = (loop: number) => {
    return createState({ clock, random: () => 0, log, shared: { memory, loop } });
  };
  const pass = (seconds: number) => void (nowMs += seconds * 1000);
  return { main: start(0), worker: start(1), start, pass };
}

type State = ReturnType<typeof createState>;

function ticketOf({ health }: State, route = ROUTE) {
  const admission = health.admit(route);
  return admission.kind === "admitted" ? admission.ticket : assert.fail(admission.reason);
}

function revisionOf(revision: number, backend = A): Snapshot {
  return { ...snapshotOf([aliasOf("chat", [routeOf(backend)])]), revision };
}

/** Waiting for another loop's bell keeps no process running; a timer does. */
function deadline() {
  const passing = Promise.withResolvers<never>();
  const timer = setTimeout(() => passing.reject(new Error("it took too long")), 5000);
  return { passed: passing.promise, [Symbol.dispose]: () => clearTimeout(timer) };
}

Deno.test("Drills begins and ends a drill in every loop, with what it shows of the backend", () => {
  const { main, worker } = startStates();
  main.drills.start(A, { kind: "429", forMs: 60_000 });
  const drill = worker.drills.of(A);
  assert.equal(drill?.kind, "429");
  worker.health.record(ticketOf(worker), failure("route"), FALLBACK);
  assert.equal(main.health.whyNot(ROUTE)?.cause, "cooling");
  assert.equal(main.health.cooldowns().length, 1);
  assert.ok(main.drills.end("a"));
  assert.deepEqual([worker.drills.of(A), worker.health.cooldowns()], [undefined, []]);
  assert.ok(drill.ended.aborted);
});

Deno.test("Drills aborts in a loop that is idle when another ends the drill", async () => {
  const { main, worker } = startStates();
  const own = main.drills.start(A, { kind: "hang", forMs: 60_000 });
  using soon = deadline();
  const ended = once(own.ended, "abort");
  worker.drills.end("a");
  await Promise.race([ended, soon.passed]);
  const again = worker.drills.start(A, { kind: "hang", forMs: 60_000 });
  const replaced = once(again.ended, "abort");
  main.drills.start(A, { kind: "cut", forMs: 60_000 });
  await Promise.race([replaced, soon.passed]);
  assert.equal(worker.drills.of(A)?.kind, "cut");
});

Deno.test("Drills keeps the drill of a loop that has ended", () => {
  const { main, worker, start } = startStates();
  worker.drills.start(A, { kind: "cut", forMs: 60_000 });
  ticketOf(worker);
  forgetLoop(main, 1);
  assert.equal(main.drills.of(A)?.kind, "cut");
  assert.equal(main.health.inFlight(A), 0);
  expectLoop(main, 1);
  assert.equal(start(1).drills.of(A)?.kind, "cut");
});

Deno.test("adopt() drops a moved backend's cooldowns once, not what a loop then learns of it", () => {
  const { main, worker } = startStates();
  const [before, after] = [revisionOf(1), revisionOf(2, MOVED)];
  main.health.record(ticketOf(main), failure("route"), FALLBACK);
  const old = admittedAnyway(worker.health, ROUTE);
  adopt(main, after, before);
  assert.equal(worker.health.whyNot(routeOf(MOVED)), undefined);
  assert.deepEqual(worker.health.record(old, failure("route"), FALLBACK), { kind: "none" });
  main.health.record(ticketOf(main, routeOf(MOVED)), failure("route"), FALLBACK);
  adopt(worker, after, before);
  assert.equal(worker.health.whyNot(routeOf(MOVED))?.cause, "cooling");
});

Deno.test("adopt() drops nothing for a loop that is behind", () => {
  const { main, worker } = startStates();
  const other = aliasOf("new", [routeOf(backendOf("b"))]);
  const newest = { ...snapshotOf([aliasOf("chat", [ROUTE]), other]), revision: 3 };
  adopt(main, newest, revisionOf(1));
  main.health.record(ticketOf(main, other.routes[0]), failure("route"), FALLBACK);
  main.turns.next(other);
  adopt(worker, revisionOf(2), revisionOf(1));
  assert.equal(main.health.whyNot(other.routes[0]!)?.cause, "cooling");
  assert.equal(worker.turns.peek(other), 1);
  adopt(worker, newest, revisionOf(2));
  assert.equal(worker.turns.peek(other), 1);
});

Deno.test("Affinity knows in each loop who served and issued what in another", () => {
  const { main, worker } = startStates();
  const terms = { alias: "chat", affinityMs: 300_000 };
  const maker = { backend: "a", model: "m", key: undefined };
  const belonging = { conversation: "c", isFirstTurn: false, issued: [], stored: [] };
  main.affinity.served(belonging, { ...terms, ...maker });
  worker.affinity.issued({ issued: ["i"], stored: ["s"] }, maker);
  assert.equal(worker.affinity.preferred(belonging, terms)?.backend, "a");
  for (const given of [{ issued: ["i"] }, { stored: ["s"] }]) {
    const home = main.affinity.preferred({
      issued: [],
      stored: [],
      ...given,
      conversation: undefined,
      isFirstTurn: false,
    }, terms);
    assert.equal(home?.backend, "a");
  }
});

Deno.test("Timings and Turns go on in one loop where another was", () => {
  const { main, worker } = startStates();
  const alias = aliasOf("chat", [ROUTE]);
  main.timings.note(ROUTE, 1000);
  worker.timings.note(ROUTE, 2000);
  assert.equal(main.timings.firstContentMs(ROUTE), 1300);
  assert.deepEqual([main, worker, main].map(({ turns }) => turns.next(alias)), [0, 1, 2]);
});

Deno.test("Health counts attempts in flight over all loops, and admits no more than max_concurrent", () => {
  const { main, worker } = startStates();
  const capped = routeOf(backendOf("capped", { maxConcurrent: 2 }));
  const tickets = [ticketOf(main, capped), ticketOf(worker, capped)] as const;
  for (const { health } of [main, worker]) {
    assert.equal(health.whyNot(capped)?.cause, "at_capacity");
    assert.equal(health.inFlight(capped.backend), 2);
  }
  worker.health.record(tickets[1], NOTHING, FALLBACK);
  assert.equal(main.health.whyNot(capped), undefined);
});

Deno.test("OutOfUse holds in every loop", () => {
  const { main, worker } = startStates();
  worker.health.outOfUse.add(ROUTE);
  assert.equal(main.health.whyNot(ROUTE)?.cause, "out_of_use");
  main.health.outOfUse.delete(ROUTE);
  assert.equal(worker.health.whyNot(ROUTE), undefined);
});

Deno.test("StoredIds writes in the main loop what any loop has learned, and tells all what it read", async () => {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-test-" });
  try {
    const storedIdsFile = join(directory, "stored-ids.jsonl");
    const old = `{"id":"old","backend":"a","key":null,"at":"2026-03-01T12:00:00.000Z"}\n`;
    await Deno.writeTextFile(storedIdsFile, old);
    const now = () => new Date("2026-03-01T12:00:00.000Z");
    const loops = loopsOf((shared) => new StoredIds({ now, warn: assert.fail, shared }), {
      loops: 2,
    });
    const [main, worker] = [loops[0], loops[1]!];
    for (const ids of [worker, main]) ids.configure({ fallback: { ...FALLBACK, storedIdsFile } });
    await main.flush();
    assert.equal(worker.get("old")?.backend, "a");
    worker.set("new", { backend: "b", keyDigest: "Ab3_" });
    await worker.flush();
    await main.flush();
    const written = await Deno.readTextFile(storedIdsFile);
    assert.equal(
      written,
      `${old}{"id":"new","backend":"b","key":"Ab3_","at":"2026-03-01T12:00:00.000Z"}\n`,
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
