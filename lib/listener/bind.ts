/** A listening socket, and the connections that come to it. */
import type { ListenAddress } from "../config/snapshot.ts";
import type { PortSharing } from "./listener.ts";
import { listenError } from "./listen_error.ts";

export interface Bound {
  readonly port: number;
  /** Resolves when nothing more is accepted. */
  close(): Promise<void>;
}

export interface BindOptions {
  readonly address: ListenAddress;
  /** Whether other sockets may listen there beside it. */
  readonly isShared: boolean;
  readonly onConnection: (conn: Deno.TcpConn) => void;
  readonly onFault: (line: string) => void;
}

/**
 * Listens.
 *
 * @throws {ListenError} where the operating system refuses
 */
export function bind(options: BindOptions): Bound {
  const { address, isShared: reusePort } = options;
  const { hostname, port } = address;
  let listener: Deno.TcpListener;
  try {
    listener = Deno.listen({ hostname, port, reusePort });
  } catch (cause) {
    throw listenError(address, cause);
  }
  let isClosed = false;
  const accepting = acceptAll(listener, options, () => isClosed);
  return {
    port: "port" in listener.addr ? listener.addr.port : port,
    async close() {
      if (!isClosed) listener.close();
      isClosed = true;
      await accepting;
    },
  };
}

/**
 * Finds out whether an address is free: a shared port lets in another process too, without a word, so it
 * is bound alone first.
 *
 * @throws {ListenError} where the operating system refuses
 */
export function proveFree(address: ListenAddress, sharing: PortSharing | undefined): void {
  if (sharing?.isFirst === false || address.port === 0) return;
  const { hostname, port } = address;
  try {
    Deno.listen({ hostname, port }).close();
  } catch (cause) {
    throw listenError(address, cause);
  }
}

/** Out of descriptors, it is tried again this often. */
const AGAIN_MS = 100;

async function acceptAll(
  listener: Deno.TcpListener,
  { onConnection, onFault }: BindOptions,
  isClosed: () => boolean,
): Promise<void> {
  let isFailing = false;
  while (!isClosed()) {
    try {
      const conn = await listener.accept();
      isFailing = false;
      onConnection(conn);
    } catch (cause) {
      if (isClosed()) return;
      if (!isFailing) {
        onFault(`No connection can be accepted for now: ${cause}. It is tried again.`);
      }
      isFailing = true;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
