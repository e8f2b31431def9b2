/** A body put back under the coding that it came in. */

// Imported whole: Deno 2.4.2 has no zstd, and there a named import of it is fatal.
import zlib from "node:zlib";
import type { Transform } from "node:stream";
import { gather } from "./gather.ts";
import { inTurns, nextTurn, SLICE_BYTES } from "./turns.ts";

/** What a caller may send; `deflate_raw` is `deflate` without the zlib format that it should have. */
export type Coding = "gzip" | "deflate" | "deflate_raw" | "br" | "zstd";

/** Fast ones: what is saved on the way to a backend is not worth the time of everybody else here. */
const DEFLATE = { level: 3 };
const BROTLI = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 3 } };

/**
 * The body under a coding; a large one a slice a turn of the event loop.
 *
 * @throws {Error} this runtime has no such coding; then it cannot have decoded the body either
 */
export async function encode(bytes: Uint8Array, coding: Coding): Promise<Uint8Array> {
  if (bytes.length <= ENCODED_AT_ONCE) return encodeAtOnce(bytes, coding);
  const encoder = openEncoder(coding);
  const chunks: Uint8Array[] = [];
  let length = 0;
  encoder.on("data", (chunk: Uint8Array) => {
    chunks.push(chunk);
    length += chunk.length;
  });
  const ended = new Promise<void>((resolve, reject) => {
    encoder.on("end", resolve).on("error", reject);
  });
  for (let at = 0; at < bytes.length; at += ENCODED_AT_ONCE) {
    const slice = bytes.subarray(at, at + ENCODED_AT_ONCE);
    await Promise.race([
      new Promise<void>((resolve) => encoder.write(slice, () => resolve())),
      ended,
    ]);
    await nextTurn();
  }
  encoder.end();
  await ended;
  return await inTurns(gather(chunks, length));
}

/** Compressing that much takes some milliseconds. */
const ENCODED_AT_ONCE = SLICE_BYTES;

function encodeAtOnce(bytes: Uint8Array, coding: Coding): Uint8Array {
  switch (coding) {
    case "gzip":
      return zlib.gzipSync(bytes, DEFLATE);
    case "deflate":
      return zlib.deflateSync(bytes, DEFLATE);
    case "deflate_raw":
      return zlib.deflateRawSync(bytes, DEFLATE);
    case "br":
      return zlib.brotliCompressSync(bytes, BROTLI);
    case "zstd":
      return zlib.zstdCompressSync(bytes);
  }
}

function openEncoder(coding: Coding): Transform {
  switch (coding) {
    case "gzip":
      return zlib.createGzip(DEFLATE);
    case "deflate":
      return zlib.createDeflate(DEFLATE);
    case "deflate_raw":
      return zlib.createDeflateRaw(DEFLATE);
    case "br":
      return zlib.createBrotliCompress(BROTLI);
    case "zstd":
      return zlib.createZstdCompress();
  }
}
