/** Answers a request for a WebSocket on its bare connection: with a tunnel, or as any other request. */
import { type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type CallerResponse, isSwitched, type SwitchedResponse } from "../wire/caller_response.ts";
import { Departure, type Leaving } from "../wire/leaving.ts";
import { NodeStream } from "../wire/node_stream.ts";
import { concat } from "../wire/receive.ts";
import { send } from "./send.ts";

/** What a server hands over: the connection is no longer its own. */
export interface Handover {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  /** What came with the request's head, after it. */
  readonly head: Uint8Array;
}

/**
 * Resolves when the connection has become a tunnel, or its answer has gone out. What the caller sends
 * before its 101 waits for it, and is never read as another request: a connection whose upgrade is
 * refused is closed.
 *
 * @param respond answers the request; its signal aborts when the caller goes away
 */
export async function answerUpgrade(
  { request, socket, head }: Handover,
  respond: (signal: Leaving) => Promise<CallerResponse>,
): Promise<void> {
  const leaving = new Departure();
  const early = holdEarly(socket, head);
  const leave = () => leaving.leave();
  // Half a connection is of no use to a WebSocket: a caller that ends it before the answer has gone.
  socket.on("end", leave);
  socket.on("close", leave);
  // Without a listener, a connection that breaks would be an uncaught error.
  socket.on("error", () => {});
  const answered = await respond(leaving);
  if (isSwitched(answered)) {
    if (!leaving.aborted) return join(answered, socket, early.take());
    answered.tunnel.cancel();
  }
  if (leaving.aborted) return void socket.destroy();
  await refuse(answered, { request, socket, signal: leaving });
}

function join({ status, headers, tunnel }: SwitchedResponse, socket: Socket, early: Uint8Array) {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.write(`HTTP/1.1 ${status} Switching Protocols\r\n${lines}\r\n`, "latin1");
  socket.setTimeout(0);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  tunnel.join(new NodeStream(socket), early);
}

/** So long after the last byte, the system begins to probe whether a peer is still there. */
const KEEP_ALIVE_MS = 30_000;

async function refuse(
  { headers, ...answered }: CallerResponse,
  { request, socket, signal }: Omit<Handover, "head"> & { readonly signal: Leaving },
): Promise<void> {
  const response = new ServerResponse(request);
  response.assignSocket(socket);
  response.on("error", () => {});
  response.on("finish", () => socket.destroySoon());
  const namesProtocol = headers.some(([name]) => name.toLowerCase() === "upgrade");
  const connection = ["connection", namesProtocol ? "upgrade, close" : "close"] as const;
  await send({ ...answered, headers: [...headers, connection] }, { request, response, signal });
}

/** Most of what a caller says too early that is held for it. */
const EARLY_BYTES = 64 * 1024;

/** Reads along, since only whoever reads is told that a caller has gone. */
function holdEarly(socket: Socket, head: Uint8Array): { take(): Uint8Array } {
  const chunks = [head];
  let bytes = head.length;
  const hold = (chunk: Uint8Array) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= EARLY_BYTES) socket.pause();
  };
  socket.on("data", hold);
  return {
    take() {
      socket.off("data", hold);
      return concat(chunks, bytes);
    },
  };
}
