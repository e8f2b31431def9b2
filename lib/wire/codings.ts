/** The codings of a body (RFC 9110, section 8.4.1) that this runtime can decode. */

// Imported whole: Deno 2.4.2 has no zstd, and there a named import of it is fatal.
import zlib from "node:zlib";
import type { Transform } from "node:stream";

/** The one coding that is named, lower-cased; undefined for several. */
export function soleCoding(contentEncoding = ""): string | undefined {
  const names = contentEncoding.toLowerCase().split(",").map((name) => name.trim());
  const codings = names.filter((name) => name !== "" && name !== "identity");
  return codings.length > 1 ? undefined : codings[0] ?? "identity";
}

/** What decodes a coding; undefined where nothing does. */
export function openDecoder(
  coding: string,
  { body, maxBytes }: { readonly body: Uint8Array; readonly maxBytes: number },
): Transform | undefined {
  switch (coding) {
    case "gzip":
    case "x-gzip":
      return zlib.createGunzip();
    case "deflate":
      return hasZlibHeader(body) ? zlib.createInflate() : zlib.createInflateRaw();
    case "br":
      return zlib.createBrotliDecompress();
    case "zstd":
      return zstdIsSupported() ? zlib.createZstdDecompress(oneChunkOf(maxBytes)) : undefined;
    default:
      return undefined;
  }
}

/**
 * `deflate` means the zlib format, but some servers send it bare (RFC 9110, section 8.4.1.2). The
 * check is RFC 1950's, section 2.2; a bare stream could pass it only with stray padding bits.
 */
export function hasZlibHeader(body: Uint8Array): boolean {
  const [method = 0, flags] = body;
  if ((method & 0x0f) !== 8) return false;
  return flags === undefined || ((method << 8) | flags) % 31 === 0;
}

/**
 * A chunk that is full only when the bound is passed. Deno writes again to a decoder whose chunk is
 * full, and what its zstd decoder then throws nobody can catch: it would end the process.
 */
function oneChunkOf(maxBytes: number): { readonly chunkSize: number } {
  return { chunkSize: Math.max(zlib.constants.Z_MIN_CHUNK, maxBytes + 1) };
}

export function zstdIsSupported(): boolean {
  return "createZstdDecompress" in zlib;
}
