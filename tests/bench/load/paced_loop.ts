/** Streams whose events come one at a time, and when each arrives. */
import { eventsOf } from "../upstream/scripts.ts";
import { Connection } from "./connection.ts";
import { checkReply, type Target } from "./target.ts";

export interface PacedLoopOptions {
  readonly streams: number;
  readonly seconds: number;
  /** Between the starts of the first and the last stream, so that events do not come all at once. */
  readonly spreadMs: number;
}

export interface PacedLoopResult {
  readonly events: number;
  /** Between one event and the next of the same stream. */
  readonly gapsMs: readonly number[];
}

/** @throws Error on the first reply that is not as expected */
export async function pacedLoop(
  target: Target,
  { streams, seconds, spreadMs }: PacedLoopOptions,
): Promise<PacedLoopResult> {
  const eventBytes = eventsOf("paced").map(({ length }) => length);
  const gapsMs: number[] = [];
  let events = 0;
  const endMs = performance.now() + seconds * 1000;
  await Promise.all(Array.from({ length: streams }, async (_, index) => {
    await new Promise((resolve) => setTimeout(resolve, index * spreadMs / streams));
    const connection = await Connection.open(target.port);
    try {
      while (performance.now() < endMs) {
        gapsMs.push(...await gapsOf(connection, target, eventBytes));
        events += eventBytes.length;
      }
    } finally {
      connection.close();
    }
  }));
  return { events, gapsMs };
}

async function gapsOf(
  connection: Connection,
  target: Target,
  eventBytes: readonly number[],
): Promise<number[]> {
  const arrivedMs: number[] = [];
  let nextEnd = eventBytes[0] ?? Infinity;
  await connection.send(target.request);
  while (!connection.parser.done) {
    await connection.take();
    const nowMs = performance.now();
    while (connection.parser.payloadBytes >= nextEnd) {
      arrivedMs.push(nowMs);
      nextEnd += eventBytes[arrivedMs.length] ?? Infinity;
    }
  }
  checkReply(target, connection.parser);
  return arrivedMs.slice(1).map((atMs, index) => atMs - (arrivedMs[index] ?? atMs));
}
