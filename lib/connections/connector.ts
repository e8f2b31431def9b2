/** Opens connections to a backend: through a proxy or not, trusting roots of its own or not. */
import type { Proxy } from "../config/snapshot.ts";
import { type ByteStream, closeQuietly } from "../wire/byte_stream.ts";
import { OwnConnections } from "../system/own_connections.ts";
import { ExchangeError } from "../wire/exchange_error.ts";
import { dial } from "./dial.ts";
import { passOn, type Target } from "./pass_on.ts";
import { isOwnRoot, openByNode } from "./node_tls.ts";
import { Scarcity } from "./scarcity.ts";

/** How a backend is reached. */
export interface Way {
  readonly proxy: Proxy | undefined;
  /** Certificates (PEM) that are trusted besides the usual ones. */
  readonly roots: readonly string[];
  /** For all of it: DNS, the proxy, TLS. */
  readonly connectMs: number;
}

/** Opens one connection; rejects with what is in the way, or the signal's reason. */
export type Connector = (signal: AbortSignal) => Promise<ByteStream>;

/**
 * How connections to an origin are opened.
 *
 * @param scarcity what is known of descriptors
 * @param own is told of each, so that it is known where it comes back to us
 */
export function connectorOf(
  origin: string,
  way: Way,
  { scarcity = new Scarcity(), own = new OwnConnections() } = {},
): Connector {
  const open = openerOf(targetOf(origin), way, own);
  return async (signal) => {
    const aborting = new AbortController();
    const seconds = way.connectMs / 1000;
    const late = new ExchangeError("CONNECT_TIMEOUT", `not connected within ${seconds} s`);
    const timer = setTimeout(() => aborting.abort(late), way.connectMs);
    const end = () => aborting.abort(signal.reason);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    try {
      return await open(aborting.signal);
    } catch (cause) {
      throw scarcity.explained(cause);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
    }
  };
}

function targetOf(origin: string): Target {
  const { hostname, port, protocol } = new URL(origin);
  const secure = protocol === "https:";
  return {
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || (secure ? 443 : 80)),
    secure,
  };
}

/**
 * By Deno, but for what it cannot do: TLS inside of TLS, a certificate that is its own root, and the end of
 * a handshake that stalls. Deno keeps that one's socket until the other side does something: so the first
 * to stall is the last, until the backend has spoken TLS again.
 */
function openerOf(target: Target, way: Way, own: OwnConnections): Connector {
  const byNode = openByNode(target, way, own);
  let needsNode = way.proxy?.kind === "https";
  let isStalling = false;
  const openByOther: Connector = async (signal) => {
    const stream = await byNode(signal);
    isStalling = false;
    return stream;
  };
  return async (signal) => {
    if (needsNode || isStalling) return await openByOther(signal);
    const opening = new Opening(target, way, own);
    try {
      return await opening.open(signal);
    } catch (cause) {
      isStalling = opening.isShakingHands && signal.aborted;
      if (!isOwnRoot(cause) || way.roots.length === 0) throw cause;
    }
    needsNode = true;
    return await openByOther(signal);
  };
}

/** One connection on its way: TCP, by way of the proxy if there is one, then TLS if that should be spoken. */
class Opening {
  /** Whether a handshake has begun, and not ended. */
  isShakingHands = false;
  readonly #target: Target;
  readonly #way: Way;
  readonly #own: OwnConnections;

  constructor(target: Target, way: Way, own: OwnConnections) {
    this.#own = own;
    this.#target = target;
    this.#way = way;
  }

  /** Resolves with what can be spoken HTTP on; rejects with the signal's reason, or what is in the way. */
  async open(signal: AbortSignal): Promise<ByteStream> {
    const [target, { proxy, roots }] = [this.#target, this.#way];
    const tcp = await dial(proxy ?? target, signal);
    this.#own.opened(tcp);
    let current: Deno.TcpConn | Deno.TlsConn = tcp;
    // What is pending then rejects.
    const end = () => closeQuietly(current);
    signal.addEventListener("abort", end);
    try {
      if (proxy !== undefined) await passOn(tcp, target, proxy);
      if (target.secure) {
        const options = {
          hostname: target.hostname,
          caCerts: [...roots],
          alpnProtocols: PROTOCOLS,
        };
        const tls = current = await Deno.startTls(tcp, options);
        this.isShakingHands = true;
        if (signal.aborted) end();
        await tls.handshake();
        this.isShakingHands = false;
      }
      signal.throwIfAborted();
      return current;
    } catch (cause) {
      end();
      this.#own.closed(tcp);
      throw signal.aborted ? signal.reason : cause;
    } finally {
      signal.removeEventListener("abort", end);
    }
  }
}

const PROTOCOLS = ["http/1.1"];
