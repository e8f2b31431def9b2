/**
 * TLS by Node's own means, for what Deno's cannot do: TLS inside of TLS, as to a backend behind an
 * https:// proxy, a certificate that was given as its own root, as people with backends at home do, and a
 * handshake that is ended at once where it stalls.
 */
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Ends, OwnConnections } from "../system/own_connections.ts";
import type { ByteStream } from "../wire/byte_stream.ts";
import { NodeStream } from "../wire/node_stream.ts";
import type { Connector, Way } from "./connector.ts";
import { passOn, type Target } from "./pass_on.ts";

/** Whether Deno refused a certificate for no fault but that it is a root itself. */
export function isOwnRoot(cause: unknown): boolean {
  return cause instanceof Error && cause.message.includes("CaUsedAsEndEntity");
}

type Roots = readonly string[] | undefined;

/** How connections to a target are opened by Node. */
export function openByNode(target: Target, way: Way, own: OwnConnections): Connector {
  const trust = trustOf(way.roots);
  return (signal) => trust((roots) => open(target, { ...way, trusted: roots, signal, own }));
}

/**
 * Node's TLS trusts either the roots it is given or the usual ones, and the program may not read what
 * those are (Deno wants --allow-sys for it). So of the two, what was right before is tried first, and the
 * other where the certificate proves to be signed by neither of them.
 */
function trustOf(roots: readonly string[]) {
  let usualFirst = false;
  return async (open: (roots: Roots) => Promise<ByteStream>): Promise<ByteStream> => {
    if (roots.length === 0) return await open(undefined);
    const inTurn = usualFirst ? [undefined, roots] : [roots, undefined];
    try {
      return await open(inTurn[0]);
    } catch (cause) {
      if (!isUntrusted(cause)) throw cause;
    }
    const stream = await open(inTurn[1]);
    usualFirst = !usualFirst;
    return stream;
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

interface Opening extends Way {
  readonly trusted: Roots;
  readonly signal: AbortSignal;
  readonly own: OwnConnections;
}

async function open(
  target: Target,
  { proxy, trusted, signal, own }: Opening,
): Promise<ByteStream> {
  const sockets: Socket[] = [];
  const told: Ends[] = [];
  const ended = Promise.withResolvers<never>();
  const end = () => ended.reject(signal.reason);
  signal.addEventListener("abort", end);
  try {
    signal.throwIfAborted();
    return await Promise.race([openAll(), ended.promise]);
  } catch (cause) {
    for (const socket of sockets) socket.destroy();
    for (const ends of told) own.closed(ends);
    throw cause;
  } finally {
    signal.removeEventListener("abort", end);
  }

  async function openAll(): Promise<ByteStream> {
    if (proxy === undefined) return new NodeStream(await secured({ port: target.port }, trusted));
    const { hostname: host, port } = proxy;
    let hop = await opened(connect({ host, port }), "connect");
    // Judged by the usual roots alone.
    if (proxy.kind === "https") hop = await secured({ socket: hop }, undefined, host);
    const stream = new NodeStream(hop);
    await passOn(stream, target, proxy);
    if (!target.secure) return stream;
    stream.release();
    return new NodeStream(await secured({ socket: hop }, trusted));
  }

  function secured(
    to: { readonly port: number } | { readonly socket: Socket },
    ca: Roots,
    host = target.hostname,
  ): Promise<Socket> {
    return opened(connectTls({ ...to, ...tlsOptions(host, ca) }), "secureConnect");
  }

  /** The socket, after the event; rejects with what comes instead of it. */
  function opened(socket: Socket, event: "connect" | "secureConnect"): Promise<Socket> {
    sockets.push(socket);
    socket.setNoDelay(true);
    socket.setKeepAlive(true);
    // Stays: an error between two readers of a connection would be an uncaught one.
    socket.on("error", () => {});
    return new Promise((resolve, reject) => {
      socket.once(event, () => {
        const ends = endsOf(socket);
        if (ends !== undefined) {
          own.opened(ends);
          told.push(ends);
        }
        resolve(socket);
      }).once("error", reject)
        .once("close", () => reject(new Error("the connection was closed")));
    });
  }
}

/** Undefined for one that has no addresses of its own: TLS in another. */
function endsOf(socket: Socket): Ends | undefined {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  if (localAddress === undefined || localPort === undefined) return undefined;
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  const transport = "tcp";
  return {
    localAddr: { transport, hostname: localAddress, port: localPort },
    remoteAddr: { transport, hostname: remoteAddress, port: remotePort },
  };
}

function tlsOptions(host: string, ca: Roots) {
  return {
    host,
    // An address is no name for SNI. https://www.rfc-editor.org/rfc/rfc6066#section-3
    ...isIP(host) === 0 && { servername: host },
    ...ca !== undefined && { ca: [...ca] },
    ALPNProtocols: ["http/1.1"],
  };
}
