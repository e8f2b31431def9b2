/** A body as it goes over the wire. */
import { Buffer } from "node:buffer";
import type { Random } from "./random.ts";

export interface Framed {
  readonly lines: readonly string[];
  readonly bytes: Buffer;
}

export function withLength(body: Buffer): Framed {
  return { lines: [`Content-Length: ${body.length}`], bytes: body };
}

/** In chunks of any size, some with an extension; no more than a few hundred of them. */
export function inChunks(random: Random, body: Buffer, trailers: readonly string[] = []): Framed {
  const pieces: Uint8Array[] = [];
  const least = Math.max(1, Math.floor(body.length / 200));
  for (let at = 0; at < body.length;) {
    const piece = body.subarray(at, at + random.size(least, 50 * least));
    const size = random.chance(0.5) ? piece.length.toString(16) : `00${piece.length.toString(16)}`;
    const extension = random.chance(0.05) ? ";a=b" : "";
    pieces.push(Buffer.from(`${size.toUpperCase()}${extension}\r\n`), piece, Buffer.from("\r\n"));
    at += piece.length;
  }
  const end = ["0", ...trailers, "", ""].join("\r\n");
  return {
    lines: ["Transfer-Encoding: chunked"],
    bytes: Buffer.concat([...pieces, Buffer.from(end)]),
  };
}
