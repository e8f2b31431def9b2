/**
 * Timers after a pause of the whole process: it was suspended (Ctrl-Z, SIGSTOP, `docker pause`), or its
 * machine was. Its timers fire before what came meanwhile is read, and would call silent who has spoken.
 */

/** No event loop that runs is so late. */
const LATE_MS = 2_000;

/** What came meanwhile is read within this time. */
export const CATCH_UP_MS = 250;

/** Whether a timer fires so late that `CATCH_UP_MS` are due to the others before it counts. */
export function overslept(dueMs: number, nowMs = performance.now()): boolean {
  return nowMs - dueMs > LATE_MS;
}
