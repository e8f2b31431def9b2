import assert from "node:assert/strict";
import { createSharedMemory } from "../../lib/state/shared_memory.ts";
import { loopOf } from "./loops.ts";
import { CAPPED, COUNTS, type Done, FAILING, type Task } from "./shared_hammer.ts";
import { Health } from "../../lib/state/health.ts";
import { systemClock } from "../../lib/state/clock.ts";

const LOOPS = 4;
const TIMES = 3000;

/** Loop 0 is this one, which looks when all is over; the others run `work()` in workers. */
async function hammer(logBytes: number) {
  const memory = createSharedMemory({ loops: LOOPS + 1, logBytes, snapshotBytes: 1 << 20 });
  const [health, shared] = loopOf((shared) => {
    return [new Health({ ...systemClock, shared }), shared] as const;
  }, { memory, loop: 0 });
  const counts = new SharedArrayBuffer(64);
  const task = { times: TIMES, loops: LOOPS, counts };
  const workers = Array.from({ length: LOOPS }, (_, index) => {
    return work({ ...task, shared: { memory, loop: index + 1 } });
  });
  const done = await Promise.all(workers);
  return { health, shared, done, counts: new Int32Array(counts) };
}

async function work(task: Task): Promise<Done> {
  const worker = new Worker(new URL("./shared_worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise<Done>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(task);
    });
  } finally {
    worker.terminate();
  }
}

for (const logBytes of [600, 1 << 18]) {
  Deno.test(`Health keeps its word between ${LOOPS} workers, with a log of ${logBytes} bytes`, async () => {
    const startedAtMs = systemClock.monotonicMs();
    const { health, done, counts } = await hammer(logBytes);
    assert.equal(counts[COUNTS.twice], 0, "two probes at once");
    assert.ok(counts[COUNTS.mostFlying]! <= CAPPED.backend.maxConcurrent, "over max_concurrent");
    for (const { backend } of [CAPPED, FAILING]) assert.equal(health.inFlight(backend), 0);

    const begun = done.flatMap((each) => each.begun);
    const cooled = done.flatMap((each) => each.cooledAtMs);
    const outside = begun.filter(({ atMs }) =>
      atMs < startedAtMs || atMs > systemClock.monotonicMs()
    );
    assert.deepEqual(outside, [], "an instant on another clock");
    const firstMs = Math.min(...cooled);
    const late = begun.filter(({ atMs, kind }) => atMs > firstMs && kind !== "probe");
    assert.deepEqual(late, [], "an attempt after the failure was recorded");
    const probes = begun.filter(({ kind }) => kind === "probe");
    assert.ok(probes.length > 20, `there were ${probes.length} probes`);
    assert.ok(done.filter((each) => each.begun.length > 0).length > 1, "one loop did it all");
    for (const { atMs } of probes) {
      const since = Math.min(...cooled.filter((at) => at < atMs).map((at) => atMs - at));
      assert.ok(since >= 3, `a probe ${since} ms after the last failure`);
    }

    const turns = done.flatMap((each) => each.turns).sort((a, b) => a - b);
    assert.deepEqual(turns, turns.map((_, index) => index), "a turn taken twice or never");
    for (const { dump } of done) assert.deepEqual(dump, done[0]?.dump);
  });
}
