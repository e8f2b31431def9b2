/** Accepts what comes to a listening socket, through resets and shortages, until it is closed. */
import { isShortage } from "../system/shortage.ts";

export interface AcceptOptions {
  readonly isClosed: () => boolean;
  readonly onConnection: (conn: Deno.TcpConn) => void;
  /** Something of this machine is short: ends what can be spared, and gives how much that was. */
  readonly onShortage: () => number;
  readonly onFault: (line: string) => void;
  /** Resolves after so many milliseconds; the clock's by default. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** What was ended is free by then. */
const SOON_MS = 10;

/** Where nothing could be ended, it is tried again this often. */
const AGAIN_MS = 100;

/** A caller may be gone before it is accepted, and thousands too; what goes on for longer is not theirs. */
const MOST_AT_ONCE = 1000;

/** A fault that comes and goes is told this often. */
const TOLD_EVERY_MS = 10_000;

/**
 * Accepts each connection. Waits only for what this machine is short of: an error that is a caller's
 * (it has reset its connection already) delays nobody.
 */
export async function acceptAll(
  listener: Pick<Deno.TcpListener, "accept">,
  options: AcceptOptions,
): Promise<void> {
  const { isClosed, onConnection, onShortage, wait = sleep } = options;
  const tell = seldom(options.onFault);
  let failures = 0;
  while (!isClosed()) {
    try {
      const conn = await listener.accept();
      failures = 0;
      onConnection(conn);
    } catch (cause) {
      if (isClosed()) return;
      const isShort = isShortage(cause);
      if (!isShort && ++failures % MOST_AT_ONCE !== 0) continue;
      tell(`No connection can be accepted for now: ${cause}. It is tried again.`);
      await wait(isShort && onShortage() === 0 ? AGAIN_MS : SOON_MS);
    }
  }
}

function seldom(onFault: (line: string) => void): (line: string) => void {
  let toldAtMs = -Infinity;
  return (line) => {
    if (performance.now() - toldAtMs < TOLD_EVERY_MS) return;
    toldAtMs = performance.now();
    onFault(line);
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
