/** What the system says of this process, as far as its permissions reach. */
import process from "node:process";

export interface ProcessFigures {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** Since the epoch. */
  readonly startTimeSeconds: number;
}

/** Open descriptors are not among them: to list them takes every permission. */
export function processFigures(): ProcessFigures {
  const { user, system } = process.cpuUsage();
  return {
    cpuSeconds: (user + system) / 1e6,
    residentBytes: Deno.memoryUsage().rss,
    startTimeSeconds: performance.timeOrigin / 1000,
  };
}
