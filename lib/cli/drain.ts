/** The end of a running proxy. */
import type { RunningServer } from "../server.ts";
import type { Signals } from "./signals.ts";

export interface DrainOptions {
  readonly signals: Pick<Signals, "second">;
  readonly drainMs: number;
}

/** Lets responses end, unless a second signal cuts that short; gives the exit status. */
export async function drain(
  server: RunningServer,
  { signals, drainMs }: DrainOptions,
): Promise<number> {
  const drained = server.drain(drainMs).then(() => 0);
  return await Promise.race([drained, signals.second.then(() => 1)]);
}
