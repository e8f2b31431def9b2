/** A stretch of load on one contestant, and what it cost the proxy. */
import { closedLoop, type ClosedLoopOptions, type ClosedLoopResult } from "../load/closed_loop.ts";
import { makeTarget, type Target } from "../load/target.ts";
import type { Running } from "../contestants/contestant.ts";
import { cpuMs } from "../machine/process_usage.ts";
import type { Script } from "../upstream/scripts.ts";

export interface WindowResult extends ClosedLoopResult {
  /** Of the proxy and what it started, until it is quiet; 0 for direct. */
  readonly cpuMs: number;
}

export interface WindowOptions extends ClosedLoopOptions {
  readonly settleMs: number;
}

export async function loadWindow(
  running: Running,
  target: Target,
  { settleMs, ...options }: WindowOptions,
): Promise<WindowResult> {
  const before = cpuOf(running);
  const result = await closedLoop(target, options);
  await pause(settleMs);
  const used = cpuOf(running) - before;
  return { ...result, cpuMs: used };
}

/** What goes to a contestant for a script. */
export function targetOf(
  { name, port, headers, verbatim }: Running,
  script: Script,
  bytes: number,
): Promise<Target> {
  return makeTarget({ name, port, headers, verbatim, script, bytes });
}

export function cpuOf({ pid }: Running): number {
  return pid === undefined ? 0 : cpuMs(pid);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
