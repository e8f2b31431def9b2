/** Sends a response through node:http: as fast as the caller takes it, and cut where it was cut. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type BodySource, type CallerResponse, hasBody } from "../wire/caller_response.ts";

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal;
}

/** Resolves when all has been handed to the connection, or there is nobody left to take it. */
export async function send(
  { status, headers, body }: CallerResponse,
  { request, response, signal }: Exchange,
): Promise<void> {
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
  await pass(body, response);
}

async function pass(body: BodySource, response: ServerResponse): Promise<void> {
  try {
    for (let chunk = await body.read(); chunk !== undefined; chunk = await body.read()) {
      if (response.write(chunk) || await drained(response, body.patienceMs)) continue;
      body.cancel(`the caller took nothing for ${body.patienceMs / 1000} s`);
      response.destroy();
      return;
    }
    response.end();
  } catch {
    cut(response, body.patienceMs);
  }
}

/**
 * The backend's body was cut: the caller gets what came of it, and not the end that a whole one has.
 * Destroying the response would drop what has not been written yet.
 */
function cut({ socket }: ServerResponse, patienceMs: number): void {
  if (socket === null || socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), Math.min(patienceMs, LONGEST_TIMER_MS));
  socket.on("close", () => clearTimeout(timer));
  socket.destroySoon();
}

/** Above this a timer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Resolves with whether the caller has taken what was written, or has gone, in time. */
function drained(response: ServerResponse, patienceMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => over(false), Math.min(patienceMs, LONGEST_TIMER_MS));
    const done = () => over(true);
    const over = (inTime: boolean) => {
      clearTimeout(timer);
      response.off("drain", done);
      response.off("close", done);
      resolve(inTime);
    };
    response.on("drain", done);
    response.on("close", done);
  });
}
