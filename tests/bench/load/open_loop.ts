/** Requests at a given rate, whether or not the ones before are answered. */
import { Connection } from "./connection.ts";
import { checkReply, type Target } from "./target.ts";

export interface OpenLoopOptions {
  readonly requestsPerSecond: number;
  readonly seconds: number;
  /** Over so many unanswered ones the next wait: a proxy that cannot keep up is not buried. */
  readonly mostInFlight: number;
}

const TICK_MS = 5;

/**
 * @returns how many were answered within the time
 * @throws Error on the first reply that is not as expected
 */
export async function openLoop(
  target: Target,
  { requestsPerSecond, seconds, mostInFlight }: OpenLoopOptions,
): Promise<number> {
  const free: Connection[] = [];
  const inFlight = new Set<Promise<void>>();
  const faults: unknown[] = [];
  let sent = 0;
  let answered = 0;

  const ask = async () => {
    const connection = free.pop() ?? await Connection.open(target.port);
    await connection.exchange(target.request);
    checkReply(target, connection.parser);
    answered++;
    free.push(connection);
  };

  const startMs = performance.now();
  for (let elapsedMs = 0; elapsedMs < seconds * 1000 && faults.length === 0;) {
    const due = Math.floor(elapsedMs * requestsPerSecond / 1000);
    for (; sent < due && inFlight.size < mostInFlight; sent++) {
      const asked: Promise<void> = ask().catch((cause) => void faults.push(cause))
        .finally(() => inFlight.delete(asked));
      inFlight.add(asked);
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    elapsedMs = performance.now() - startMs;
  }
  const inTime = answered;
  await Promise.all(inFlight);
  for (const connection of free) connection.close();
  if (faults.length > 0) throw faults[0];
  return inTime;
}
