/** CPU of the proxy per request and per event, with 32 callers that ask as fast as they are answered. */
import type { Bench } from "../bench.ts";
import { SSE_EVENTS } from "../upstream/scripts.ts";
import { inRounds } from "./rounds.ts";

const CALLERS = 32;
export const ONE_KB = 1_000;

export async function requestsOfOneKb(bench: Bench): Promise<void> {
  const { running, results } = bench;
  const load = { script: "json", bytes: ONE_KB, connections: CALLERS } as const;
  await inRounds(bench, running, load, ({ name, pid }, { cpuMs, requests, seconds }) => {
    results.add("rate1k", name, requests / seconds);
    if (pid === undefined) return;
    results.add("cpu1k", name, cpuMs * 1000 / requests);
    results.add("busy1k", name, Math.min(100, cpuMs / seconds / 10));
  });
}

export async function requestsOf100Kb(bench: Bench): Promise<void> {
  const load = { script: "json", bytes: 100 * ONE_KB, connections: CALLERS } as const;
  await inRounds(bench, proxies(bench), load, ({ name }, { cpuMs, requests }) => {
    bench.results.add("cpu100k", name, cpuMs * 1000 / requests);
  });
}

export async function events(bench: Bench): Promise<void> {
  const { results } = bench;
  const load = { script: "sse", bytes: ONE_KB, connections: CALLERS } as const;
  await inRounds(bench, bench.running, load, ({ name, pid }, { cpuMs, requests, seconds }) => {
    results.add("rateEvent", name, requests * SSE_EVENTS / seconds);
    if (pid !== undefined) results.add("cpuEvent", name, cpuMs * 1000 / (requests * SSE_EVENTS));
  });
}

export async function anthropicEvents(bench: Bench): Promise<void> {
  const load = { script: "anthropic", bytes: ONE_KB, connections: CALLERS } as const;
  // Portkey takes a path of its own for each provider.
  const running = proxies(bench).filter(({ name }) => name !== "portkey");
  await inRounds(bench, running, load, ({ name }, { cpuMs, requests }) => {
    bench.results.add("cpuAnthropic", name, cpuMs * 1000 / (requests * SSE_EVENTS));
  });
}

function proxies({ running }: Bench) {
  return running.filter(({ pid }) => pid !== undefined);
}
