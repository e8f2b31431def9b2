/** Opens connections to a backend: through a proxy or not, trusting roots of its own or not. */
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Proxy } from "../config/snapshot.ts";
import { ExchangeError } from "../wire/exchange_error.ts";
import { connectOn } from "./http_connect.ts";
import { Scarcity } from "./scarcity.ts";
import { socksConnect } from "./socks5.ts";

/** How a backend is reached. */
export interface Way {
  readonly proxy: Proxy | undefined;
  /** Certificates (PEM) that are trusted besides the usual ones. */
  readonly roots: readonly string[];
  /** For all of it: DNS, the proxy, TLS. */
  readonly connectMs: number;
}

interface Target {
  readonly hostname: string;
  readonly port: number;
  readonly secure: boolean;
}

/** Opens one connection; rejects with what is in the way, or the signal's reason. */
export type Connector = (signal: AbortSignal) => Promise<Socket>;

/** How connections to an origin are opened. @param scarcity what is known of descriptors */
export function connectorOf(origin: string, way: Way, scarcity = new Scarcity()): Connector {
  const { hostname, port, protocol } = new URL(origin);
  const secure = protocol === "https:";
  const target = {
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || (secure ? 443 : 80)),
    secure,
  };
  const trust = trustOf(way.roots);
  return async (signal) => {
    const aborting = new AbortController();
    const seconds = way.connectMs / 1000;
    const late = new ExchangeError("CONNECT_TIMEOUT", `not connected within ${seconds} s`);
    const timer = setTimeout(() => aborting.abort(late), way.connectMs);
    const end = () => aborting.abort(signal.reason);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    try {
      return await trust((roots) => open(target, { ...way, roots, signal: aborting.signal }));
    } catch (cause) {
      throw scarcity.explained(cause);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
    }
  };
}

type Roots = readonly string[] | undefined;

/**
 * TLS trusts either the roots it is given or the usual ones, and the program may not read what those
 * are (Deno wants --allow-sys for it). So of the two, what was right before is tried first, and the
 * other where the certificate proves to be signed by neither of them.
 */
function trustOf(roots: readonly string[]) {
  let usualFirst = false;
  return async (open: (roots: Roots) => Promise<Socket>): Promise<Socket> => {
    if (roots.length === 0) return await open(undefined);
    const inTurn = usualFirst ? [undefined, roots] : [roots, undefined];
    try {
      return await open(inTurn[0]);
    } catch (cause) {
      if (!isUntrusted(cause)) throw cause;
    }
    const socket = await open(inTurn[1]);
    usualFirst = !usualFirst;
    return socket;
  };
}

/** OpenSSL's names for a chain that leads to no trusted root. */
const UNTRUSTED: ReadonlySet<unknown> = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
]);

function isUntrusted(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  // Deno 2.4 has no code for it.
  return UNTRUSTED.has("code" in cause ? cause.code : "") || /UnknownIssuer/.test(cause.message);
}

interface Opening {
  readonly proxy: Proxy | undefined;
  readonly roots: Roots;
  readonly signal: AbortSignal;
}

/** Connects, by way of the proxy if there is one, and speaks TLS to what should be spoken TLS to. */
function open(target: Target, { proxy, roots, signal }: Opening): Promise<Socket> {
  const { hostname: host, port } = proxy ?? target;
  if (proxy === undefined && target.secure) {
    const tls = connectTls({ port, ...tlsOptions(host, roots) });
    return guarded(tls, signal, () => opened(tls, "secureConnect"));
  }
  const plain = connect({ host, port });
  return guarded(plain, signal, async () => {
    let socket = await opened(plain, "connect");
    if (proxy?.kind === "https") socket = await secured(socket, host, undefined);
    if (proxy !== undefined) await passOn(socket, target, proxy);
    return target.secure ? await secured(socket, target.hostname, roots) : socket;
  });
}

const KEEP_ALIVE_PROBE_MS = 60_000;

/** Closes the connection where the work fails or the signal ends it. */
async function guarded(
  socket: Socket,
  signal: AbortSignal,
  work: () => Promise<Socket>,
): Promise<Socket> {
  const ended = Promise.withResolvers<never>();
  const end = () => ended.reject(signal.reason);
  signal.addEventListener("abort", end);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
  try {
    signal.throwIfAborted();
    return await Promise.race([work(), ended.promise]);
  } catch (cause) {
    socket.destroy();
    throw cause;
  } finally {
    signal.removeEventListener("abort", end);
  }
}

function passOn(socket: Socket, { hostname, port }: Target, proxy: Proxy): Promise<void> {
  if (proxy.kind === "socks5") return socksConnect(socket, { hostname, port, proxy });
  const authority = isIP(hostname) === 6 ? `[${hostname}]:${port}` : `${hostname}:${port}`;
  return connectOn(socket, { authority, proxy });
}

function secured(socket: Socket, hostname: string, roots: Roots): Promise<Socket> {
  return opened(connectTls({ socket, ...tlsOptions(hostname, roots) }), "secureConnect");
}

function tlsOptions(hostname: string, roots: Roots) {
  return {
    host: hostname,
    // An address is no name for SNI. https://www.rfc-editor.org/rfc/rfc6066#section-3
    ...isIP(hostname) === 0 && { servername: hostname },
    ...roots !== undefined && { ca: [...roots] },
    ALPNProtocols: ["http/1.1"],
  };
}

/** The socket, after the event; rejects with what comes instead of it. */
function opened(socket: Socket, event: "connect" | "secureConnect"): Promise<Socket> {
  // Stays: an error between two readers of a connection would be an uncaught one.
  socket.on("error", () => {});
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve(socket)).once("error", reject)
      .once("close", () => reject(new Error("the connection was closed")));
  });
}
