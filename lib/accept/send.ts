/** Sends a response through node:http: as fast as the caller takes it, and cut where it was cut. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type CallerResponse, hasBody, isSwitched } from "../wire/caller_response.ts";
import type { Leaving } from "../wire/leaving.ts";
import { pass, timerMs } from "./pass.ts";

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborts when the caller goes away. */
  readonly signal: Leaving;
}

/** Resolves when all has been handed to the connection, or there is nobody left to take it. */
export async function send(answered: CallerResponse, exchange: Exchange): Promise<void> {
  const { status, headers, body } = answered;
  const { request, response, signal } = exchange;
  if (isSwitched(answered)) {
    // The server did not see the request for a switch that we saw: it keeps its connection.
    answered.tunnel.cancel();
    return void response.destroy();
  }
  const flat = headers.flat();
  // HTTP/1.1 persists without saying so; a Connection or Keep-Alive of ours would be an addition.
  response.removeHeader("connection");
  if (body instanceof Uint8Array) {
    const framed = headers.some(([name]) => name.toLowerCase() === "content-length");
    const bodily = hasBody(request.method ?? "GET", status);
    if (bodily && !framed) flat.push("content-length", String(body.length));
    response.writeHead(status, flat);
    response.end(bodily ? body : undefined);
    return;
  }
  signal.addEventListener("abort", () => body.cancel());
  if (signal.aborted) return body.cancel();
  response.writeHead(status, flat);
  // Unlike flushHeaders(), which writes UTF-8, this leaves one byte a character of the header values.
  response.write(new Uint8Array());
  await pass(body, response, {
    end: () => response.end(),
    cut: () => cut(response, body.patienceMs),
    giveUp: () => response.destroy(),
  });
}

/** Destroying the response would drop what has not been written yet. */
function cut({ socket }: ServerResponse, patienceMs: number): void {
  if (socket === null || socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), timerMs(patienceMs));
  socket.on("close", () => clearTimeout(timer));
  socket.destroySoon();
}
