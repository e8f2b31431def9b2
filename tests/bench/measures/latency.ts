/** What a proxy adds for a single caller: each round's quantile less that of direct in the same round. */
import { type Bench, quantile } from "../bench.ts";
import type { Name } from "../contestants/contestant.ts";
import type { FigureKey } from "../figures.ts";
import { ONE_KB } from "./cpu.ts";
import { inRounds } from "./rounds.ts";

export async function latency(bench: Bench): Promise<void> {
  const p50 = added(bench, "latencyP50");
  const p99 = added(bench, "latencyP99");
  await inRounds(
    bench,
    bench.running.map((running) => ({
      running,
      script: "json",
      bytes: ONE_KB,
      connections: 1,
      take: ({ wholeMs }) => {
        p50(running.name, quantile(wholeMs, 0.5));
        p99(running.name, quantile(wholeMs, 0.99));
      },
    })),
  );
}

export async function firstEvent(bench: Bench): Promise<void> {
  const p50 = added(bench, "firstEvent");
  await inRounds(
    bench,
    bench.running.map((running) => ({
      running,
      script: "brief",
      bytes: ONE_KB,
      connections: 1,
      take: ({ firstMs }) => p50(running.name, quantile(firstMs, 0.5)),
    })),
  );
}

/** Puts down what is above direct, which leads each round. */
export function added({ results }: Bench, key: FigureKey): (name: Name, ms: number) => void {
  let directMs: number | undefined;
  return (name, ms) => {
    if (name === "direct") directMs = ms;
    else if (directMs !== undefined) results.add(key, name, ms - directMs);
  };
}
