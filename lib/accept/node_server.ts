/** A server for HTTP, or for HTTPS with HTTP/2 for callers who ask for it. */
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { Server, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { type Http2Options, type Http2Sessions, serveHttp2 } from "./http2_sessions.ts";
import type { ListenOptions } from "./listener.ts";

export interface NodeServer {
  readonly server: Server;
  /** Ends connections on which no request is under way, and asks the others to end with theirs. */
  endIdle(): void;
  /** Ends every connection at once. */
  destroy(): void;
}

export interface ServerOptions extends Http2Options {
  readonly tls: ListenOptions["tls"];
  readonly onRequest: RequestListener;
  /** Whether a request is to be handed over with its connection; an offer that is passed over is none. */
  readonly wantsUpgrade: (request: IncomingMessage) => boolean;
  /** Sees each connection on which HTTP/1.1 will be spoken. */
  readonly onConnection: (socket: Socket) => void;
}

/** How long a request's head may take to come in. */
const HEAD_TIMEOUT_MS = 60_000;

const HANDSHAKE_TIMEOUT_MS = 20_000;

export function createNodeServer(options: ServerOptions): NodeServer {
  const { tls, onRequest, onConnection } = options;
  const settings = {
    // Idle connections are ended by whoever knows of all of them.
    keepAliveTimeout: 0,
    headersTimeout: HEAD_TIMEOUT_MS,
    // Uploads may take as long as something comes; a missing Host is answered at our own door.
    requestTimeout: 0,
    requireHostHeader: false,
    maxHeaderSize: options.maxHeaderBytes,
    shouldUpgradeCallback: options.wantsUpgrade,
  };
  if (tls !== undefined) {
    return secureServer({ ...settings, cert: tls.cert, key: tls.key }, options);
  }
  const server = createServer(settings, onRequest);
  server.on("connection", onConnection);
  return {
    server,
    endIdle: () => server.closeIdleConnections(),
    destroy: () => server.closeAllConnections(),
  };
}

/** One server for both, told apart by what the handshake agreed on (ALPN, RFC 7301). */
function secureServer(
  settings: Parameters<typeof createSecureServer>[0],
  options: ServerOptions,
): NodeServer {
  const sessions = serveHttp2(options);
  const protocols = { ALPNProtocols: ["h2", "http/1.1"], handshakeTimeout: HANDSHAKE_TIMEOUT_MS };
  const server = createSecureServer({ ...settings, ...protocols }, options.onRequest);
  divide(server, sessions, options.onConnection);
  const shaking = handshakesOf(server);
  return {
    server,
    endIdle() {
      server.closeIdleConnections();
      sessions.close();
      for (const socket of shaking.values()) socket.destroy();
    },
    destroy() {
      server.closeAllConnections();
      sessions.destroy();
      for (const socket of shaking.values()) socket.destroy();
    },
  };
}

function divide(server: Server, sessions: Http2Sessions, onConnection: (socket: Socket) => void) {
  const listeners = server.listeners("secureConnection");
  server.removeAllListeners("secureConnection");
  server.on("secureConnection", (socket: TLSSocket) => {
    socket.on("error", () => {});
    if (socket.alpnProtocol === "h2") return sessions.take(socket);
    onConnection(socket);
    for (const listener of listeners) listener.call(server, socket);
  });
}

/** Connections whose handshake is not over, by their peer. */
function handshakesOf(server: Server): ReadonlyMap<string, Socket> {
  const shaking = new Map<string, Socket>();
  server.on("connection", (socket: Socket) => {
    const peer = peerOf(socket);
    shaking.set(peer, socket);
    socket.on("close", () => {
      if (shaking.get(peer) === socket) shaking.delete(peer);
    });
  });
  server.on("secureConnection", (socket: Socket) => shaking.delete(peerOf(socket)));
  return shaking;
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
