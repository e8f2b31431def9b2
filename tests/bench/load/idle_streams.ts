/** Streams that have begun and then say nothing, as of models that think. */
import { bodyBytes } from "./target.ts";
import { Connection } from "./connection.ts";

export interface IdleStreamsOptions {
  readonly port: number;
  readonly request: Uint8Array;
  readonly count: number;
}

/** So many are opened at a time. */
const AT_A_TIME = 64;
/** There are thousands: the load should have memory left. */
const BUFFER_BYTES = 2_048;

/** Resolves once each has had its first event; they stay open until it is disposed of. */
export async function openIdleStreams(
  { port, request, count }: IdleStreamsOptions,
): Promise<Disposable> {
  const open: Connection[] = [];
  const close = () => open.forEach((connection) => connection.close());
  const expected = bodyBytes("idle");
  let left = count;
  const worker = async () => {
    while (left-- > 0) {
      const connection = await Connection.open(port, { bufferBytes: BUFFER_BYTES });
      open.push(connection);
      await connection.send(request);
      while (connection.parser.payloadBytes < expected) await connection.take();
      const { status, payloadBytes } = connection.parser;
      if (status === 200 && payloadBytes === expected) continue;
      throw new Error(`An idle stream was answered ${status} with ${payloadBytes} bytes`);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  } catch (cause) {
    close();
    throw cause;
  }
  return { [Symbol.dispose]: close };
}
