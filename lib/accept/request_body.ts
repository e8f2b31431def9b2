/** The body of a request that node:http took: read within a limit, or thrown away within bounds. */
import type { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { BodyFault } from "../wire/incoming.ts";
import { concat } from "../wire/receive.ts";
import type { ReadBody } from "../wire/upload.ts";

/** The body, or why there is none. */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
): Promise<Uint8Array | BodyFault> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > limitBytes) return Promise.resolve({ kind: "too_large", limitBytes });
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limitBytes) return void chunks.push(chunk);
      chunks.length = 0;
      resolve({ kind: "too_large", limitBytes });
    });
    request.on("end", () => {
      resolve(concat(chunks, length));
      // The request, and with it this list, lives as long as its response.
      chunks.length = 0;
    });
    request.on("close", () => resolve({ kind: "caller_left" }));
  });
}

/** A body as it is asked for. */
export function bodyReader(request: IncomingMessage): ReadBody {
  // Not destroyed when its reader stops early: the response still has to go out.
  const chunks: AsyncIterator<Buffer> = request.iterator({ destroyOnReturn: false });
  return async () => {
    const { value, done } = await chunks.next();
    return done === true ? undefined : value;
  };
}

/** How much, and how long, of a body that nobody reads is taken before its connection ends. */
const UNREAD_BYTES = 16 * 1024 * 1024;
const UNREAD_MS = 1_000;

/** Takes the rest of a body, so that the connection's next request can be read; within bounds. */
export function discardRest(request: IncomingMessage): void {
  if (request.complete) return void request.resume();
  const { socket } = request;
  let leftBytes = UNREAD_BYTES;
  const timer = setTimeout(() => socket.destroy(), UNREAD_MS);
  request.on("data", (chunk: Buffer) => {
    leftBytes -= chunk.length;
    if (leftBytes < 0) socket.destroy();
  });
  request.on("end", () => clearTimeout(timer));
  request.on("close", () => clearTimeout(timer));
  request.resume();
}
