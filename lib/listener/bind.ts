/** A listening socket, and the connections that come to it. */
import type { ListenAddress } from "../config/snapshot.ts";
import { acceptAll } from "./accept.ts";
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
  /** Something of this machine is short: ends what can be spared, and gives how much that was. */
  readonly onShortage: () => number;
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
  const accepting = acceptAll(listener, { ...options, isClosed: () => isClosed });
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
