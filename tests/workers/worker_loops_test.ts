import assert from "node:assert/strict";
import type { ConfigSources } from "../../lib/config/load.ts";
import { GeneralLog } from "../../lib/record/general_log.ts";
import { createSharedMemory } from "../../lib/state/shared_memory.ts";
import { createState } from "../../lib/state/state.ts";
import type { OpenRequests } from "../../lib/workers/messages.ts";
import { WorkerLoops } from "../../lib/workers/worker_loops.ts";
import { standingClock } from "../proxy.ts";

interface Scene extends AsyncDisposable {
  readonly loops: WorkerLoops;
  /** Resolves with the first line from now on, or so far, that matches. */
  line(pattern: RegExp): Promise<string>;
}

const sources = (text: string, revision = 1): ConfigSources => ({
  file: "config.yaml",
  text,
  files: new Map(),
  envFile: { kind: "absent" },
  revision,
  listening: undefined,
});

/** The main loop's side, with workers that do as they are told. */
function stage(first: string, count = 3): Scene {
  const clock = standingClock();
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const console = (line: string) => {
    lines.push(line);
    waiting.forEach((look) => look());
    return Promise.resolve();
  };
  const log = new GeneralLog({ now: clock.now, console });
  const memory = createSharedMemory({ loops: count });
  const state = createState({ clock, random: () => 0, log, shared: { memory, loop: 0 } });
  const loops = new WorkerLoops({
    loops: count,
    memory,
    first: sources(first),
    state,
    log,
    url: new URL("./scripted_worker.ts", import.meta.url),
    restartMs: 10,
  });
  return {
    loops,
    async line(pattern) {
      for (;;) {
        const found = lines.find((line) => pattern.test(line));
        if (found !== undefined) return found;
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.add(resolve);
        await promise;
        waiting.delete(resolve);
      }
    },
    [Symbol.asyncDispose]: () => loops.drain(0),
  };
}

Deno.test("WorkerLoops starts every loop but the main one, and writes what they say", async () => {
  await using scene = stage("the first");
  await scene.loops.start(8080);
  await scene.line(/loop 1 begins with the first/);
  await scene.line(/loop 2 begins with the first/);
});

Deno.test("WorkerLoops starts a loop that has died again, with what is in force by then", async () => {
  await using scene = stage("the first", 2);
  const seen: OpenRequests[] = [];
  scene.loops.watch({ onSight() {}, onEnd() {}, onOpen: (_, open) => void seen.push(open) });
  await scene.loops.start(8080);
  scene.loops.configure(sources("the second", 2));
  await scene.line(/told of the second/);
  scene.loops.configure(sources("die", 3));
  const line = await scene.line(/ERROR/);
  assert.match(line, /Event loop 1 has died, .*: .*on purpose\. .* started again in 0\.01 s\.$/m);
  assert.deepEqual(seen, [{ count: 0, details: [] }]);
  await scene.line(/loop 1 begins with die/);
  await scene.line(/Event loop 1 serves again\.$/m);
});

Deno.test("WorkerLoops goes on where a loop cannot start, and says why", async () => {
  await using scene = stage("refuse", 2);
  await scene.loops.start(8080);
  await scene.line(/Event loop 1 has died.*: no room/);
});

Deno.test("WorkerLoops waits for no loop that does not say what is in flight", async () => {
  await using scene = stage("the first", 2);
  const seen: OpenRequests[] = [];
  scene.loops.watch({ onSight() {}, onEnd() {}, onOpen: (_, open) => void seen.push(open) });
  await scene.loops.start(8080);
  await scene.loops.look();
  assert.deepEqual(seen, []);
});

Deno.test("WorkerLoops has the last line of every loop before a drain is over", async () => {
  await using scene = stage("the first", 2);
  await scene.loops.start(8080);
  await scene.loops.drain(1_000);
  await scene.line(/the last line/);
});
