/** Bodies that are made to be slow, for requests and replies alike. */

// Imported whole, as in lib/wire/decode.ts.
import zlib from "node:zlib";

const MB = 1024 * 1024;

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A piece over and over, up to so many bytes, between a start and an end. */
export function filled(
  bytes: number,
  { start = "", piece, end = "" }: {
    readonly start?: string;
    readonly piece: string;
    readonly end?: string;
  },
): Uint8Array {
  const [head, unit, tail] = [utf8(start), utf8(piece), utf8(end)];
  const count = Math.max(0, Math.floor((bytes - head.length - tail.length) / unit.length));
  const body = new Uint8Array(head.length + count * unit.length + tail.length);
  body.set(head);
  const middle = body.subarray(head.length, head.length + count * unit.length);
  if (count > 0) middle.set(unit);
  for (let done = unit.length; done < middle.length; done *= 2) {
    middle.copyWithin(done, 0, Math.min(done, middle.length - done));
  }
  body.set(tail, body.length - tail.length);
  return body;
}

const LAST = `,"model":"gpt"}`;

/** JSON of 60 MB whose model stands last. */
export const LARGE_JSON = {
  text: () => filled(60 * MB, { start: `{"a":"`, piece: "x", end: `"${LAST}` }),
  escapes: () => filled(60 * MB, { start: `{"a":"`, piece: `\\"`, end: `"${LAST}` }),
  backslashes: () => filled(60 * MB, { start: `{"a":"`, piece: `\\\\`, end: `"${LAST}` }),
  space: () => filled(60 * MB, { start: `{"a":`, piece: " ", end: `1${LAST}` }),
  digits: () => filled(60 * MB, { start: `{"a":`, piece: "1", end: LAST }),
  keys: () => filled(60 * MB, { start: "{", piece: `"a":1,`, end: `"model":"gpt"}` }),
  escapedKeys: () => filled(60 * MB, { start: "{", piece: `"\\u006d":1,`, end: `"model":"gpt"}` }),
  models: () => filled(60 * MB, { start: "{", piece: `"model":"gpt",`, end: `"model":"gpt"}` }),
  escapedModels: () =>
    filled(60 * MB, { start: "{", piece: `"\\u006dodel":"gpt",`, end: `"model":"gpt"}` }),
  lists: () => filled(60 * MB, { start: `{"a":[`, piece: `[],`, end: `1]${LAST}` }),
  longKey: () => filled(60 * MB, { start: `{"`, piece: `\\u006d`, end: `":1${LAST}` }),
  messages: () =>
    filled(60 * MB, {
      start: `{"messages":[`,
      piece: `{"role":"user","content":"hello"},`,
      end: `{"role":"assistant","content":"hi"}]${LAST}`,
    }),
  oneMessage: () =>
    filled(60 * MB, {
      start: `{"messages":[{"role":"user","content":"`,
      piece: "x",
      end: `"},{"role":"assistant","content":"hi"},{"role":"user","content":"go"}]${LAST}`,
    }),
  system: () =>
    filled(60 * MB, {
      start: `{"system":"`,
      piece: "\\u0061",
      end:
        `","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"hi"}]${LAST}`,
    }),
  ids: () => filled(60 * MB, { start: `{"messages":[`, piece: `"file_id",`, end: `1]${LAST}` }),
} as const;

export function gzip(body: Uint8Array): Uint8Array {
  return zlib.gzipSync(body, { level: 6 });
}

export function deflate(body: Uint8Array): Uint8Array {
  return zlib.deflateSync(body, { level: 9 });
}

export function brotli(body: Uint8Array): Uint8Array {
  return zlib.brotliCompressSync(body, {
    params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 },
  });
}

export function zstd(body: Uint8Array): Uint8Array {
  return zlib.zstdCompressSync(body);
}

/** Bytes as hard to compress as what people write. */
export function words(bytes: number): Uint8Array {
  const body = new Uint8Array(bytes);
  let seed = 1;
  for (let at = 0; at < bytes; at++) {
    seed = (seed * 48271) % 2147483647;
    body[at] = 97 + seed % 23;
  }
  return body;
}
