/** Callers that each wait for their answer before they ask again: as many requests as the proxy takes. */
import { Connection } from "./connection.ts";
import { checkReply, type Target } from "./target.ts";

export interface ClosedLoopOptions {
  readonly connections: number;
  readonly seconds: number;
}

export interface ClosedLoopResult {
  readonly requests: number;
  readonly seconds: number;
  /** Of each request: to its last byte, and to the first of its body. */
  readonly wholeMs: readonly number[];
  readonly firstMs: readonly number[];
}

/** @throws Error on the first reply that is not as expected */
export async function closedLoop(
  target: Target,
  { connections, seconds }: ClosedLoopOptions,
): Promise<ClosedLoopResult> {
  const open = await Promise.all(
    Array.from({ length: connections }, () => Connection.open(target.port)),
  );
  const wholeMs: number[] = [];
  const firstMs: number[] = [];
  const startMs = performance.now();
  const endMs = startMs + seconds * 1000;
  try {
    await Promise.all(open.map(async (connection) => {
      for (let atMs = performance.now(); atMs < endMs;) {
        await connection.send(target.request);
        while (connection.parser.payloadBytes === 0) await connection.take();
        firstMs.push(performance.now() - atMs);
        while (!connection.parser.done) await connection.take();
        checkReply(target, connection.parser);
        const nowMs = performance.now();
        wholeMs.push(nowMs - atMs);
        atMs = nowMs;
      }
    }));
  } finally {
    for (const connection of open) connection.close();
  }
  return {
    requests: wholeMs.length,
    seconds: (performance.now() - startMs) / 1000,
    wholeMs,
    firstMs,
  };
}
