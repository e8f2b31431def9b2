/** Resident memory: just started, under 1,000 requests a second, and some seconds after. */
import type { Bench } from "../bench.ts";
import type { Running } from "../contestants/contestant.ts";
import { openLoop } from "../load/open_loop.ts";
import { residentBytes } from "../machine/process_usage.ts";
import { ONE_KB } from "./cpu.ts";
import { pause, targetOf } from "./window.ts";

const REQUESTS_PER_SECOND = 1_000;
const MOST_IN_FLIGHT = 256;
const SAMPLE_MS = 200;
const IDLE_MS = 1_000;
const MEGABYTE = 1_000_000;

/** Each in a process of its own: the ones of the other measures have a past. */
export async function memory(bench: Bench): Promise<void> {
  const resting: Promise<void>[] = [];
  for (const [name, contestant] of bench.contestants) {
    if (name === "direct") continue;
    const running = await contestant.start(await bench.fresh(name));
    await underLoad(bench, running);
    resting.push(afterLoad(bench, running));
  }
  await Promise.all(resting);
}

async function underLoad({ effort, results, say }: Bench, running: Running): Promise<void> {
  await pause(IDLE_MS);
  results.add("rssIdle", running.name, megabytesOf(running));
  const target = await targetOf(running, "json", ONE_KB);
  let most = 0;
  const sampler = setInterval(() => most = Math.max(most, megabytesOf(running)), SAMPLE_MS);
  const answered = await openLoop(target, {
    requestsPerSecond: REQUESTS_PER_SECOND,
    seconds: effort.memorySeconds,
    mostInFlight: MOST_IN_FLIGHT,
  }).finally(() => clearInterval(sampler));
  results.add("rssLoad", running.name, Math.max(most, megabytesOf(running)));
  const rate = Math.round(answered / effort.memorySeconds);
  say(`  ${running.name}: ${rate} requests a second`);
  if (rate < REQUESTS_PER_SECOND * 0.95) {
    results.remark(`Memory under load: ${running.name} took ${rate} requests a second of 1,000.`);
  }
}

async function afterLoad({ effort, results }: Bench, running: Running): Promise<void> {
  await pause(effort.memorySeconds * 1000);
  results.add("rssAfter", running.name, megabytesOf(running));
  await running[Symbol.asyncDispose]();
}

function megabytesOf({ pid }: Running): number {
  return pid === undefined ? 0 : residentBytes(pid) / MEGABYTE;
}
