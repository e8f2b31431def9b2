/** Where one address of a configuration is listened on: IPv4, IPv6, or both. */
import type { ListenAddress } from "../config/snapshot.ts";
import { withoutMapping } from "../system/own_connections.ts";
import { codeOf } from "../system/shortage.ts";
import { listenError } from "./listen_error.ts";

/** Both, IPv6 first: where the system lets a socket of it have IPv4 too, that one has both. */
const EVERY_INTERFACE = ["::", "0.0.0.0"];
/** Clients resolve the name to either. */
const LOCALHOST = ["127.0.0.1", "::1"];

export interface Socket {
  readonly port: number;
}

export interface OpenOptions<Opened extends Socket> {
  /** Listens on one host and port; throws what the operating system says. */
  readonly open: (at: ListenAddress) => Opened;
  /** Closes one that was opened in vain. */
  readonly discard: (opened: Opened) => void;
  /** Whether nobody else of this process can be there already. */
  readonly isFirst: boolean;
}

/** So often another port is asked for, where any would do and the other family has it in use. */
const MOST_TRIES = 5;

/**
 * Listens on every host that an address stands for, on one port. A family that this machine does not
 * have is left out, as long as there is the other one.
 *
 * @throws {ListenError} where the operating system refuses
 */
export function openAll<Opened extends Socket>(
  address: ListenAddress,
  options: OpenOptions<Opened>,
): readonly Opened[] {
  for (let tries = 1;; tries++) {
    try {
      return openOnce(address, options);
    } catch (cause) {
      if (address.port !== 0 || tries === MOST_TRIES || !isInUse(cause)) {
        throw listenError(address, cause);
      }
    }
  }
}

function openOnce<Opened extends Socket>(
  { hostname, port: asked }: ListenAddress,
  { open, discard, isFirst }: OpenOptions<Opened>,
): readonly Opened[] {
  const hosts = hostsOf(hostname);
  let port = hostname === "" && isFirst ? provenFree(asked) : asked;
  const opened: Opened[] = [];
  let absent: unknown;
  for (const host of hosts) {
    try {
      const socket = open({ hostname: host, port });
      port = socket.port;
      opened.push(socket);
    } catch (cause) {
      if (hosts.length > 1 && isAbsent(cause)) absent ??= cause;
      // IPv4 was free a moment ago: the socket of IPv6 has it.
      else if (hostname !== "" || opened.length === 0 || !isInUse(cause)) {
        opened.forEach(discard);
        throw cause;
      }
    }
  }
  if (opened.length === 0) throw absent;
  return opened;
}

function hostsOf(hostname: string): readonly string[] {
  if (hostname === "") return EVERY_INTERFACE;
  return hostname.toLowerCase() === "localhost" ? LOCALHOST : [hostname];
}

/** A port that is free for IPv4, which a socket of IPv6 that has both could not tell. */
function provenFree(port: number): number {
  try {
    const listener = Deno.listen({ hostname: "0.0.0.0", port });
    listener.close();
    return listener.addr.port;
  } catch (cause) {
    if (isAbsent(cause)) return port;
    throw cause;
  }
}

/** What systems say of a family of addresses that they do not have: EAFNOSUPPORT, EADDRNOTAVAIL. */
function isAbsent(cause: unknown): boolean {
  if (/^(?:EAFNOSUPPORT|EADDRNOTAVAIL)$/.test(codeOf(cause))) return true;
  return cause instanceof Error && /\(os error (?:47|49|97|99|10047|10049)\)/.test(cause.message);
}

/** Whether it says that somebody listens there. */
export function isInUse(cause: unknown): boolean {
  return cause instanceof Error && (cause.name === "AddrInUse" || codeOf(cause) === "EADDRINUSE");
}

/** A peer as logs name it: an IPv4 address as such, though a socket of IPv6 took the connection. */
export function peerName({ hostname, port }: Deno.NetAddr): string {
  const host = withoutMapping(hostname);
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
