/** CPU of the proxy per request and per event, with 32 callers that ask as fast as they are answered. */
import type { Bench } from "../bench.ts";
import type { FigureKey } from "../figures.ts";
import type { Running } from "../contestants/contestant.ts";
import { SSE_EVENTS } from "../upstream/scripts.ts";
import { inRounds, type Lane } from "./rounds.ts";

export const CALLERS = 32;
export const ONE_KB = 1_000;

export async function requestsOfOneKb(bench: Bench): Promise<void> {
  const { results } = bench;
  await inRounds(
    bench,
    bench.running.map((running) => ({
      ...jsonLoad(running, ONE_KB),
      take: ({ cpuMs, requests, seconds }) => {
        results.add("rate1k", running.name, requests / seconds);
        if (!isProxy(running)) return;
        results.add("cpu1k", running.name, cpuMs * 1000 / requests);
        results.add("busy1k", running.name, Math.min(100, cpuMs / seconds / 10));
      },
    })),
  );
}

export async function requestsOf100Kb(bench: Bench): Promise<void> {
  const lanes = bench.running.filter(isProxy).map((running) => {
    return cpuLane(bench, running, { key: "cpu100k", bytes: 100 * ONE_KB });
  });
  await inRounds(bench, lanes);
}

export async function events(bench: Bench): Promise<void> {
  const { results } = bench;
  await inRounds(
    bench,
    bench.running.map((running) => ({
      ...jsonLoad(running, ONE_KB),
      script: "sse",
      take: ({ cpuMs, requests, seconds }) => {
        const events = requests * SSE_EVENTS;
        results.add("rateEvent", running.name, events / seconds);
        if (isProxy(running)) results.add("cpuEvent", running.name, cpuMs * 1000 / events);
      },
    })),
  );
}

export async function anthropicEvents(bench: Bench): Promise<void> {
  // Portkey takes another provider for Anthropic's path.
  const running = bench.running.filter((each) => isProxy(each) && each.name !== "portkey");
  await inRounds(
    bench,
    running.map((each) => ({
      ...jsonLoad(each, ONE_KB),
      script: "anthropic",
      take: ({ cpuMs, requests }) => {
        bench.results.add("cpuAnthropic", each.name, cpuMs * 1000 / (requests * SSE_EVENTS));
      },
    })),
  );
}

export interface CpuLane {
  readonly key: FigureKey;
  /** Of each request's body. */
  readonly bytes: number;
}

/** JSON requests of a size, whose CPU time goes to a figure. */
export function cpuLane({ results }: Bench, running: Running, { key, bytes }: CpuLane): Lane {
  const take: Lane["take"] = ({ cpuMs, requests }) => {
    results.add(key, running.name, cpuMs * 1000 / requests);
  };
  return { ...jsonLoad(running, bytes), take };
}

function jsonLoad(running: Running, bytes: number) {
  return { running, script: "json", bytes, connections: CALLERS } as const;
}

function isProxy({ pid }: Running): boolean {
  return pid !== undefined;
}
