/** What an open stream that says nothing costs in memory. */
import type { Bench } from "../bench.ts";
import type { Name, Running } from "../contestants/contestant.ts";
import { openIdleStreams } from "../load/idle_streams.ts";
import { makeRequest } from "../load/request.ts";
import { residentBytes } from "../machine/process_usage.ts";
import { ONE_KB } from "./cpu.ts";
import { pause, targetOf } from "./window.ts";

const HELD: readonly Name[] = ["nginx", "bare", "haproxy", "ours"];
/** Descriptors that a proxy needs for other things than streams. */
const SPARE_DESCRIPTORS = 300;

export async function idleStreams(bench: Bench): Promise<void> {
  const { contestants, results, say } = bench;
  for (const name of HELD) {
    const contestant = contestants.get(name);
    if (contestant === undefined) continue;
    const options = await bench.fresh(name, { descriptors: bench.descriptors });
    const count = streamsWithin(bench);
    await using running = await contestant.start(options);
    const bytes = await perStream(bench, running, count);
    results.add("streamMemory", name, bytes / 1000);
    say(`  ${name}: ${count} streams`);
  }
}

/** Each takes two descriptors of a proxy: one to the caller, one to the backend. */
function streamsWithin({ effort, results, descriptors }: Bench): number {
  const most = Math.floor((descriptors - SPARE_DESCRIPTORS) / 2);
  if (most >= effort.streams) return effort.streams;
  results.remark(
    `Idle streams: ${most} in place of ${effort.streams}, because a process may open ${descriptors} ` +
      "files here (ulimit -n).",
  );
  return most;
}

async function perStream({ effort }: Bench, running: Running, count: number): Promise<number> {
  // One request, for what is set up with the first; more would leave free memory for streams to fill.
  await targetOf(running, "json", ONE_KB);
  await pause(effort.restMs);
  const before = residentOf(running);
  using _streams = await openIdleStreams({
    port: running.port,
    request: idleRequest(running),
    count,
  });
  await pause(effort.restMs);
  return (residentOf(running) - before) / count;
}

/** A request for a stream that begins and then says nothing. */
export function idleRequest({ port, headers }: Running): Uint8Array {
  return makeRequest({ script: "idle", bytes: ONE_KB, port, headers });
}

function residentOf({ pid }: Running): number {
  return pid === undefined ? 0 : residentBytes(pid);
}
