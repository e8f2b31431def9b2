/** Listens for callers: HTTP/1.1, over TLS where there is a certificate. */
import { bind, type Bound, proveFree } from "./bind.ts";
import { CallerConnection } from "./caller_connection.ts";
import { peerName } from "./families.ts";
import type { Listener, ListenOptions } from "./listener.ts";
import { PlainConn } from "./plain_conn.ts";
import { SecureConn } from "./secure_conn.ts";
import { Site } from "./site.ts";
import { TlsDoor } from "./tls_door.ts";

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
  if (sharing !== undefined) proveFree(address, sharing);
  let tls = options.tls();
  let door = tls && new TlsDoor(tls);
  const site = new Site(options, renew);
  let bound: Bound;
  try {
    const onShortage = () => site.endLongestWaiting();
    bound = bind({
      address,
      isShared: sharing !== undefined,
      isFirst: sharing?.isFirst ?? true,
      onFault,
      onConnection,
      onShortage,
    });
  } catch (cause) {
    site.destroy();
    door?.close();
    throw cause;
  }
  return {
    port: bound.port,
    async close() {
      const closed = site.close();
      await bound.close();
      await closed;
      await door?.close();
    },
    destroy: () => site.destroy(),
  };

  function onConnection(conn: Deno.TcpConn): void {
    if (site.isClosing) return conn.close();
    const caller = peerName(conn.remoteAddr);
    const opened = door === undefined ? new PlainConn(conn) : new SecureConn(conn, door);
    const isOwn = () => options.isOwn?.(conn) ?? false;
    new CallerConnection(opened, { site, caller, isOwn }).serve();
  }

  /** New connections get a renewed certificate; those that are open keep theirs. */
  function renew(): void {
    const renewed = options.tls();
    if (tls === undefined || renewed === undefined || renewed === tls || site.isClosing) return;
    const isSame = renewed.cert === tls.cert && renewed.key === tls.key;
    tls = renewed;
    if (isSame) return;
    try {
      const old = door;
      door = new TlsDoor(renewed);
      old?.close();
    } catch (cause) {
      onFault(`The renewed certificate cannot be served, so the old one goes on: ${cause}`);
    }
  }
}
