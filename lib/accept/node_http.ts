/** Listens with `node:http`, which tells raw headers and, unlike Deno.serve, when a caller leaves. */
import type { IncomingMessage } from "node:http";
import type { Server, Socket } from "node:net";
import { asksForWebSocket } from "../dialect/websocket.ts";
import type { RawHeaders } from "../wire/headers.ts";
import type { Incoming } from "../wire/incoming.ts";
import { Departure, type Leaving } from "../wire/leaving.ts";
import { BodyWatch } from "./body_watch.ts";
import { CallerConnections } from "./caller_connections.ts";
import { watchAccepting } from "./accept_watch.ts";
import { createNodeServer } from "./node_server.ts";
import { ending, losesItsPlace } from "./last_request.ts";
import { type Listener, listenError, type ListenOptions } from "./listener.ts";
import { refuse, refuseGarbage } from "./refuse.ts";
import { type RequestBody, requestBody } from "./request_body.ts";
import { type Exchange, send } from "./send.ts";
import { answerUpgrade } from "./upgrade.ts";

/** Clients keep connections for about a minute; ours must not close under a request they send. */
const KEEP_ALIVE_MS = 75_000;

const MAX_HEADER_BYTES = 64 * 1024;

/** @throws {ListenError} */
export async function listenWithNodeHttp(options: ListenOptions): Promise<Listener> {
  let closing = false;
  const connections = new CallerConnections({ idleMs: KEEP_ALIVE_MS });
  const watch = new BodyWatch(options.bodyPatience);
  const stopWatching = () => {
    watch.stop();
    connections.stop();
  };
  const { server, endIdle, destroy } = createNodeServer({
    ...options,
    watch,
    keepAliveMs: KEEP_ALIVE_MS,
    maxHeaderBytes: MAX_HEADER_BYTES,
    wantsUpgrade: (request) =>
      asksForWebSocket({ method: request.method ?? "", headers: headersOf(request) }),
    onRequest(request, response) {
      const { socket } = request;
      if (!connections.takes(socket)) return;
      if (losesItsPlace(request)) connections.takesNoMore(socket);
      const leaving = new Departure();
      // Collectors find node:http's requests and responses late: what they refer to waits with them.
      const onClose = () => {
        response.off("close", onClose);
        connections.answered(socket);
        if (closing) socket.destroySoon();
        if (!response.writableFinished) leaving.leave();
      };
      response.on("close", onClose);
      answer({ request, response, signal: leaving }, { ...options, watch }).catch((cause) => {
        options.onFault(`A response could not be sent: ${cause}`);
        response.destroy();
      });
    },
    onConnection(socket) {
      connections.opened(socket);
    },
  });
  server.on("clientError", refuseGarbage);
  server.on("connect", (_request, socket: Socket) => refuse(socket, "405 Method Not Allowed"));
  // Connections that are no longer the server's.
  const upgraded = new Set<Socket>();
  server.on("upgrade", (request, socket: Socket, head) => {
    connections.release(socket);
    upgraded.add(socket);
    socket.on("close", () => upgraded.delete(socket));
    const respond = (signal: Leaving) => options.handler(incomingOf(request, NO_BODY, signal));
    answerUpgrade({ request, socket, head }, respond).catch((cause) => {
      options.onFault(`An upgrade could not be answered: ${cause}`);
      socket.destroy();
    });
  });
  const { address: { hostname }, sharing } = options;
  const reusePort = sharing !== undefined;
  const port = await listen(server, options).catch((cause) => {
    stopWatching();
    throw cause;
  });
  server.on("error", (cause) => options.onFault(`The listener reports: ${cause.message}`));
  const relisten = () => {
    server.close();
    server.listen({ host: hostname, port, reusePort });
  };
  const { onFault } = options;
  const unwatch = watchAccepting(server, {
    port,
    hostname,
    loops: sharing?.loops ?? 1,
    relisten,
    onFault,
  });
  return {
    port,
    close() {
      closing = true;
      unwatch();
      return new Promise((resolve) => {
        server.close(() => {
          stopWatching();
          resolve();
        });
        endIdle();
        connections.endSilent();
      });
    },
    destroy() {
      stopWatching();
      destroy();
      for (const socket of upgraded) socket.destroy();
    },
  };
}

/** A request for a WebSocket has none. */
const NO_BODY = {
  read: () => Promise.resolve(new Uint8Array()),
  reader: () => () => Promise.resolve(undefined),
};

function listen(server: Server, { address, sharing }: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => reject(listenError(address, cause));
    server.once("error", fail);
    const { hostname: host, port } = address;
    server.listen({ host, port, reusePort: sharing !== undefined }, () => {
      server.off("error", fail);
      const bound = server.address();
      resolve(typeof bound === "object" && bound !== null ? bound.port : address.port);
    });
  });
}

async function answer(
  exchange: Exchange,
  { handler, watch }: ListenOptions & { readonly watch: BodyWatch },
): Promise<void> {
  const { request, response, signal } = exchange;
  // Without a listener, a connection that breaks would be an uncaught error.
  request.on("error", ignore);
  response.on("error", ignore);
  const body = requestBody(request, { announced: request.headers["content-length"], watch });
  const answered = ending(await handler(incomingOf(request, body, signal)), request);
  const giveUp = () => void request.socket.destroy();
  body.discard({ giveUp, answered: false });
  await send(answered, exchange);
  body.discard({ giveUp, answered: true });
}

function ignore(): void {}

function incomingOf(
  request: IncomingMessage,
  { read, reader }: Pick<RequestBody, "read" | "reader">,
  signal: Leaving,
): Incoming {
  const { remoteAddress, remotePort } = request.socket;
  return {
    method: request.method ?? "GET",
    target: originForm(request.url ?? "/"),
    headers: headersOf(request),
    caller: `${remoteAddress}:${remotePort}`,
    signal,
    read,
    reader,
  };
}

/** The path and query of an absolute-form target, whose authority means nothing here. */
function originForm(target: string): string {
  const absolute = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i.exec(target);
  if (absolute === null) return target;
  const rest = target.slice(absolute[0].length);
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** In HTTP/1.0 an Upgrade must be ignored. https://www.rfc-editor.org/rfc/rfc9110#section-7.8 */
function headersOf({ httpVersion, rawHeaders }: IncomingMessage): RawHeaders {
  const headers = pairs(rawHeaders);
  if (httpVersion !== "1.0") return headers;
  return headers.filter(([name]) => name.toLowerCase() !== "upgrade");
}

function pairs(raw: readonly string[]): RawHeaders {
  const headers: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) headers.push([raw[at] ?? "", raw[at + 1] ?? ""]);
  return headers;
}
