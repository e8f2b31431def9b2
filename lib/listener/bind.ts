/** The sockets of an address that is listened on, and the connections that come to them. */
import type { ListenAddress } from "../config/snapshot.ts";
import { acceptAll } from "./accept.ts";
import { openAll } from "./families.ts";
import type { PortSharing } from "./listener.ts";

export interface Bound {
  readonly port: number;
  /** Resolves when nothing more is accepted. */
  close(): Promise<void>;
}

export interface BindOptions {
  readonly address: ListenAddress;
  /** Whether other sockets may listen there beside it. */
  readonly isShared: boolean;
  /** Whether nobody else of this process can be there already. */
  readonly isFirst: boolean;
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
  const { address, isShared: reusePort, isFirst } = options;
  const opened = openAll(address, {
    open({ hostname, port }) {
      const listener = Deno.listen({ hostname, port, reusePort });
      return { listener, port: listener.addr.port };
    },
    discard: ({ listener }) => listener.close(),
    isFirst,
  });
  let isClosed = false;
  const accepting = opened.map(({ listener }) =>
    acceptAll(listener, { ...options, isClosed: () => isClosed })
  );
  return {
    port: opened[0]?.port ?? address.port,
    async close() {
      const wasClosed = isClosed;
      isClosed = true;
      if (!wasClosed) { for (const { listener } of opened) listener.close(); }
      await Promise.all(accepting);
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
  openAll(address, {
    open({ hostname, port }) {
      const listener = Deno.listen({ hostname, port });
      return { port, close: () => listener.close() };
    },
    discard: ({ close }) => close(),
    isFirst: true,
  }).forEach(({ close }) => close());
}
