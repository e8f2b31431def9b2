/**
 * Which connections are our own at both ends: one that we opened to a backend and that comes to our own
 * port is a loop, since that backend is this proxy. Known by the addresses and ports of both ends, so that
 * nothing has to be added to what is sent.
 */

/** Both ends of a connection. */
export interface Ends {
  readonly localAddr: Deno.NetAddr;
  readonly remoteAddr: Deno.NetAddr;
}

/** How many ports a machine has: what is known of a connection stands at its port on our side. */
export const PORTS = 65_536;

export class OwnConnections {
  readonly #cells: Int32Array;

  /** @param cells one a port, perhaps shared by event loops; all 0 at the beginning */
  constructor(cells: Int32Array = new Int32Array(PORTS)) {
    this.#cells = cells;
  }

  /** We have opened a connection; to be told before anything is sent on it. */
  opened({ localAddr, remoteAddr }: Ends): void {
    Atomics.store(this.#cells, localAddr.port, markOf(localAddr, remoteAddr));
  }

  /** One that we have opened is over, and no request went out on it: another program may get its port. */
  closed({ localAddr, remoteAddr }: Ends): void {
    Atomics.compareExchange(this.#cells, localAddr.port, markOf(localAddr, remoteAddr), 0);
  }

  /**
   * Whether a connection that was accepted, and on which something has come or which is over, is one that we
   * opened. It is told once: afterwards another program may have the same port.
   */
  isOwn({ localAddr, remoteAddr }: Ends): boolean {
    const mark = markOf(remoteAddr, localAddr);
    return Atomics.compareExchange(this.#cells, remoteAddr.port, mark, 0) === mark;
  }
}

/** FNV-1a of both ends, never 0. http://www.isthe.com/chongo/tech/comp/fnv/ */
function markOf(from: Deno.NetAddr, to: Deno.NetAddr): number {
  const text = `${withoutMapping(from.hostname)} ${withoutMapping(to.hostname)} ${to.port}`;
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash | 0 || 1;
}

/** An IPv4 address as such, where a socket of IPv6 has it. https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2 */
export function withoutMapping(hostname: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(hostname)?.[1] ?? hostname;
}
