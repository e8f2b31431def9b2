/** Streams at the pace of a model: what an event costs when it comes alone, and how late it is. */
import { type Bench, quantile } from "../bench.ts";
import { pacedLoop, type PacedLoopOptions } from "../load/paced_loop.ts";
import { PACE_MS } from "../upstream/scripts.ts";
import { ONE_KB } from "./cpu.ts";
import { added } from "./latency.ts";
import { cpuOf, pause, targetOf } from "./window.ts";

const STREAMS = 100;

export async function pacedEvents(bench: Bench): Promise<void> {
  const { effort, running, results, say } = bench;
  const p50 = added(bench, "gapP50");
  const p99 = added(bench, "gapP99");
  const load: PacedLoopOptions = { streams: STREAMS, seconds: effort.seconds, spreadMs: PACE_MS };
  for (let round = 1; round <= effort.rounds; round++) {
    for (const each of running) {
      const target = await targetOf(each, "paced", ONE_KB);
      const beforeMs = cpuOf(each);
      const { events, gapsMs } = await pacedLoop(target, load);
      await pause(effort.settleMs);
      if (each.pid !== undefined) {
        results.add("cpuPaced", each.name, (cpuOf(each) - beforeMs) * 1000 / events);
      }
      const offMs = gapsMs.map((gapMs) => Math.abs(gapMs - PACE_MS));
      p50(each.name, quantile(offMs, 0.5));
      p99(each.name, quantile(offMs, 0.99));
    }
    say(`  round ${round} of ${effort.rounds}`);
  }
}
