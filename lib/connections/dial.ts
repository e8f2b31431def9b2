/** A TCP connection, with its small writes sent at once and its peer probed while nothing is said. */

import { codeOf } from "../system/shortage.ts";

/** Where to. A name's addresses are raced by Deno. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
}

/**
 * Connects; the signal ends it, at whatever point.
 *
 * @throws the signal's reason, or what was in the way, with the system's code (`ECONNREFUSED`) where it has one
 */
export async function dial(
  { hostname, port }: Address,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  signal.throwIfAborted();
  const ended = Promise.withResolvers<never>();
  const end = () => ended.reject(signal.reason);
  signal.addEventListener("abort", end);
  const connecting = Deno.connect({ hostname, port, signal } as Deno.ConnectOptions);
  try {
    const tcp = await Promise.race([connecting, ended.promise]);
    tcp.setNoDelay(true);
    tcp.setKeepAlive(true);
    return tcp;
  } catch (cause) {
    // Denos that know no signal may be done too late.
    connecting.then((late) => late.close(), () => {});
    throw signal.aborted ? signal.reason : worded(cause, `${hostname}:${port}`);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/** The system's error, saying where. */
function worded(cause: unknown, where: string): unknown {
  if (!(cause instanceof Error)) return cause;
  const code = codeOf(cause) || (NO_NAME.test(cause.message) ? "ENOTFOUND" : "");
  if (code === "") return new Error(`cannot reach ${where}: ${cause.message}`, { cause });
  return Object.assign(new Error(`connect ${code} ${where}`, { cause }), { code });
}

/** What Deno says of a name that it cannot look up, without a code. */
const NO_NAME = /failed to lookup address information/;
