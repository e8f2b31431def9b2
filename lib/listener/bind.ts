/** A listening socket, and the connections that come to it. */
import type { ListenAddress } from "../config/snapshot.ts";
import type { CallerConn } from "./caller_connection.ts";
import type { Certificate, PortSharing } from "./listener.ts";
import { listenError } from "./listen_error.ts";

export interface Bound {
  readonly port: number;
  /** Resolves when nothing more is accepted. */
  close(): Promise<void>;
}

export interface BindOptions {
  readonly address: ListenAddress;
  readonly tls: Certificate | undefined;
  /** Whether other sockets may listen there beside it. */
  readonly isShared: boolean;
  readonly onConnection: (conn: CallerConn) => void;
  readonly onFault: (line: string) => void;
}

/** HTTP/1.1 is all that is spoken here. https://www.rfc-editor.org/rfc/rfc7301 */
const PROTOCOLS = ["http/1.1"];

/**
 * Listens.
 *
 * @throws {ListenError} where the operating system refuses
 */
export function bind(options: BindOptions): Bound {
  const { address, tls, isShared: reusePort } = options;
  const { hostname, port } = address;
  let listener: Deno.TcpListener | Deno.TlsListener;
  try {
    listener = tls === undefined
      ? Deno.listen({ hostname, port, reusePort })
      : Deno.listenTls({ hostname, port, reusePort, ...tls, alpnProtocols: PROTOCOLS });
  } catch (cause) {
    throw listenError(address, cause);
  }
  let isClosed = false;
  const accepting = acceptAll(listener, options, () => isClosed);
  return {
    port: "port" in listener.addr ? listener.addr.port : port,
    async close() {
      isClosed = true;
      listener.close();
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
  listener: Deno.TcpListener | Deno.TlsListener,
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
