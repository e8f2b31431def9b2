/** A body put back under the coding that it came in. */

// Imported whole: Deno 2.4.2 has no zstd, and there a named import of it is fatal.
import zlib from "node:zlib";

/** What a caller may send; `deflate_raw` is `deflate` without the zlib format that it should have. */
export type Coding = "gzip" | "deflate" | "deflate_raw" | "br" | "zstd";

/** Fast ones: what is saved on the way to a backend is not worth the time of everybody else here. */
const DEFLATE = { level: 3 };
const BROTLI = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 3 } };

/** @throws {Error} this runtime has no such coding; then it cannot have decoded the body either */
export function encode(bytes: Uint8Array, coding: Coding): Uint8Array {
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
