/** Listens for callers: HTTP/1.1, over TLS where there is a certificate. */
import { bind, type Bound, proveFree } from "./bind.ts";
import { type CallerConn, CallerConnection } from "./caller_connection.ts";
import type { Certificate, Listener, ListenOptions } from "./listener.ts";
import { Site } from "./site.ts";

/**
 * Listens and serves until it is closed.
 *
 * @throws {ListenError} where the operating system refuses
 */
export function listen(options: ListenOptions): Promise<Listener> {
  return Promise.resolve().then(() => listening(options));
}

function listening(options: ListenOptions): Listener {
  const { address, sharing, onFault } = options;
  let tls = options.tls();
  // A certificate belongs to a socket: a new one needs a socket beside the old one.
  const isShared = sharing !== undefined || (tls !== undefined && canShare());
  if (isShared) proveFree(address, sharing);
  const site = new Site(options, renew);
  const bound = (port: number, tls: Certificate | undefined) =>
    bind({ address: { ...address, port }, tls, isShared, onFault, onConnection });
  let door: Bound;
  try {
    door = bound(address.port, tls);
  } catch (cause) {
    site.destroy();
    throw cause;
  }
  return {
    port: door.port,
    async close() {
      const closed = site.close();
      await door.close();
      await closed;
    },
    destroy: () => site.destroy(),
  };

  function onConnection(conn: CallerConn): void {
    if (site.isClosing) return conn.close();
    new CallerConnection(conn, site).serve();
  }

  function renew(): void {
    const renewed = options.tls();
    if (tls === undefined || renewed === undefined || renewed === tls) return;
    const isSame = renewed.cert === tls.cert && renewed.key === tls.key;
    tls = renewed;
    if (isSame || site.isClosing || !canShare()) return;
    try {
      const old = door;
      door = bound(old.port, renewed);
      old.close();
    } catch (cause) {
      onFault(`The renewed certificate cannot be served, the old one goes on: ${cause}`);
    }
  }
}

/** Whether several sockets of this process may listen on one port, and all of them are served. */
function canShare(): boolean {
  return Deno.build.os === "linux";
}
