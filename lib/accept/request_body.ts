/** The body of a request that Node's servers took: read within a limit, or thrown away within bounds. */
import type { Buffer } from "node:buffer";
import type { Readable } from "node:stream";
import type { BodyFault } from "../wire/incoming.ts";
import { concat } from "../wire/receive.ts";

/**
 * The body, or why there is none.
 *
 * @param announced its Content-Length, if it has one
 */
export function readBody(
  request: Readable,
  { announced, limitBytes }: {
    readonly announced: string | undefined;
    readonly limitBytes: number;
  },
): Promise<Uint8Array | BodyFault> {
  if (Number(announced ?? 0) > limitBytes) {
    return Promise.resolve({ kind: "too_large", limitBytes });
  }
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

/** How much, and how long, of a body that nobody reads is taken before its connection ends. */
const UNREAD_BYTES = 16 * 1024 * 1024;
const UNREAD_MS = 1_000;

/**
 * Takes the rest of a body, so that the caller, which may send all of it first, reads the response;
 * within bounds.
 *
 * @param giveUp ends the request beyond them
 */
export function discardRest(request: Readable, giveUp: () => void): void {
  let leftBytes = UNREAD_BYTES;
  const timer = setTimeout(giveUp, UNREAD_MS);
  request.on("data", (chunk: Buffer) => {
    leftBytes -= chunk.length;
    if (leftBytes < 0) giveUp();
  });
  request.on("end", () => clearTimeout(timer));
  request.on("close", () => clearTimeout(timer));
  request.resume();
}
