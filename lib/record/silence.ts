/** How long the route that is being tried has been silent towards its caller. */
import type { Entry } from "./entry.ts";

/**
 * For how many milliseconds nothing but a head, pings and comments has come from the route that was tried
 * last; 0 once content has.
 */
export function silentMs(entry: SilentEntry): number {
  const last = entry.attempts.at(-1);
  if (last === undefined || last.notes.contentMs !== undefined) return 0;
  return entry.elapsedMs() - Math.max(last.startedMs, last.notes.signMs ?? 0);
}

/** As much of an entry as tells. */
export interface SilentEntry {
  readonly attempts: readonly Tried[];
  elapsedMs(): number;
}

type Tried = Pick<Entry["attempts"][number], "startedMs"> & {
  readonly notes: Pick<Entry["attempts"][number]["notes"], "contentMs" | "signMs">;
};
