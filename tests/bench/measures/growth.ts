/** How our cost grows: with the body, with the configuration, with open streams, with event loops. */
import type { Bench } from "../bench.ts";
import type { OurConfig } from "../contestants/our_config.ts";
import { startOurs } from "../contestants/ours.ts";
import type { Running } from "../contestants/contestant.ts";
import type { FigureKey } from "../figures.ts";
import { openIdleStreams } from "../load/idle_streams.ts";
import { cpuLane, ONE_KB } from "./cpu.ts";
import { inRounds, type Lane } from "./rounds.ts";
import { idleRequest } from "./streams.ts";

const BODIES = { body1k: 1, body10k: 10, body100k: 100, body1m: 1_000 } as const;
const ALIASES = { aliases10: 10, aliases1k: 1_000, aliases10k: 10_000 } as const;
const OPEN_STREAMS = 1_000;

export async function bodies(bench: Bench): Promise<void> {
  if (!takesPart(bench)) return;
  await using ours = await start(bench, {});
  const lanes = entriesOf(BODIES).map(([key, kilobytes]) => {
    return cpuLane(bench, ours, { key, bytes: kilobytes * ONE_KB });
  });
  await inRounds(bench, lanes);
}

export async function aliases(bench: Bench): Promise<void> {
  if (!takesPart(bench)) return;
  await using stack = new AsyncDisposableStack();
  const lanes: Lane[] = [];
  for (const [key, count] of entriesOf(ALIASES)) {
    const ours = stack.use(await start(bench, { aliases: count }));
    lanes.push(cpuLane(bench, ours, { key, bytes: ONE_KB }));
  }
  await inRounds(bench, lanes);
}

export async function openStreams(bench: Bench): Promise<void> {
  if (!takesPart(bench)) return;
  await using without = await start(bench, {});
  await using busy = await start(bench, {});
  const count = Math.min(OPEN_STREAMS, bench.effort.streams);
  using _streams = await openIdleStreams({ port: busy.port, request: idleRequest(busy), count });
  await inRounds(bench, [
    cpuLane(bench, without, { key: "open0", bytes: ONE_KB }),
    cpuLane(bench, busy, { key: "open1k", bytes: ONE_KB }),
  ]);
}

export async function workers(bench: Bench): Promise<void> {
  if (!takesPart(bench)) return;
  await using stack = new AsyncDisposableStack();
  const lanes: Lane[] = [];
  try {
    for (const [key, count] of [["workers1", 1], ["workers2", 2]] as const) {
      const ours = stack.use(await start(bench, { workers: count }));
      lanes.push(cpuLane(bench, ours, { key, bytes: ONE_KB }));
    }
  } catch (cause) {
    bench.results.remark(
      "workers: its rows are left out, because ours does not start with the key.",
    );
    bench.say(`  ${cause instanceof Error ? cause.message : cause}`);
    return;
  }
  await inRounds(bench, lanes);
}

function takesPart({ contestants }: Bench): boolean {
  return contestants.has("ours");
}

async function start(
  bench: Bench,
  config: Omit<OurConfig, "backendPort" | "backendRoot">,
): Promise<Running> {
  return await startOurs(await bench.fresh("ours"), { name: "ours", config });
}

function entriesOf<K extends FigureKey>(counts: Readonly<Record<K, number>>): [K, number][] {
  return Object.entries(counts) as [K, number][];
}
