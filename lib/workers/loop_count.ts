/** How many event loops to run. */
import type { Snapshot } from "../config/snapshot.ts";

export interface Machine {
  /** As `Deno.build.os` has it. */
  readonly os: string;
  readonly cores: number;
}

/** Most that may be written; a machine may have more cores. */
const MOST = 64;

/** Only on Linux does the kernel deal out a port's connections; elsewhere it is one, with a warning. */
export function loopCount(
  { workers }: Pick<Snapshot, "workers">,
  { os, cores }: Machine,
): { readonly loops: number; readonly warnings: readonly string[] } {
  const loops = workers === "auto" ? Math.min(MOST, Math.max(1, cores)) : workers;
  if (loops === 1 || os === "linux") return { loops, warnings: [] };
  const warning = `workers: ${workers} needs Linux; one event loop serves here.`;
  return { loops: 1, warnings: [warning] };
}
