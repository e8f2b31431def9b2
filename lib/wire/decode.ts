/** A decoded copy of a body, for detection and for the log. What passes is never touched. */

// Imported whole: Deno 2.4.2 has no zstd, and there a named import of it is fatal.
import zlib from "node:zlib";
import type { Transform } from "node:stream";
import { openDecoder, soleCoding, zstdIsSupported } from "./codings.ts";
import type { Room } from "./incoming.ts";
import { gather } from "./gather.ts";
import { inTurns, nextTurn, SLICE_BYTES, type Steps } from "./turns.ts";
import { zstdFrameBytes, zstdSliceEnd } from "./zstd_frame.ts";

/** The decoded bytes; `complete: false` when the bound, truncation or damage cut them short. */
export interface DecodedCopy {
  readonly bytes: Uint8Array;
  readonly complete: boolean;
}

/**
 * Input is fed in slices, because Deno 2.4.2 hands out all that one write yields as one chunk:
 * deflate expands at most 1032 times, so a slice costs 4 MiB at worst.
 */
const FED_BYTES = 4096;

/**
 * What is written after a brotli body to learn whether it had ended: Deno reports a truncated one
 * as whole. A decoder that has ended ignores these bytes; one that has not chokes on them.
 */
const PROBE = Uint8Array.from({ length: 4096 }, (_, i) => (i * i * 31 + i * 167 + (i >> 4)) & 0xff);

/**
 * The decoded bytes of a body under one Content-Encoding (RFC 9110, section 8.4.1), at most
 * `maxBytes` of them: decoding stops there, however large the rest would become. An empty body is
 * empty under any one coding.
 *
 * @returns undefined when the coding is unknown, unsupported by this runtime, stacked, or plainly
 * not the body's own (nothing at all could be decoded).
 */
export async function decodeCopy(
  body: Uint8Array,
  contentEncoding: string | undefined,
  options: { readonly maxBytes: number },
): Promise<DecodedCopy | undefined> {
  const { bytes, ending } = await decode(body, contentEncoding, options);
  if (ending === "unsupported" || (ending === "damaged" && bytes.length === 0)) return undefined;
  return { bytes, complete: ending === "end" };
}

export interface Decoded {
  readonly bytes: Uint8Array;
  /**
   * end: they are the whole body · bound: it is larger than allowed · truncated, damaged: it breaks off,
   * or more follows than one stream · unsupported: an unknown coding, or several · no_room: it would be
   * too much to hold.
   */
  readonly ending: "end" | "bound" | "truncated" | "damaged" | "unsupported" | "no_room";
}

export interface DecodeOptions {
  readonly maxBytes: number;
  readonly room?: Room | undefined;
}

/** The same, with how it ended. */
export async function decode(
  body: Uint8Array,
  contentEncoding: string | undefined,
  { maxBytes, room }: DecodeOptions,
): Promise<Decoded> {
  const coding = soleCoding(contentEncoding);
  if (coding === undefined) return UNSUPPORTED;
  if (coding === "identity" || body.length === 0) return bounded(body, maxBytes);
  if (coding === "br" && !zstdIsSupported()) return brotliAtOnce(body, maxBytes);
  const decoder = openDecoder(coding, { body, maxBytes });
  if (decoder === undefined) return UNSUPPORTED;
  const sliceEnd = coding === "zstd" ? zstdSliceEnd : sliceEndAfter;
  const decoded = await drain(decoder, { body, maxBytes, room, probe: coding === "br", sliceEnd });
  const isCut = decoded.ending === "end" && coding === "zstd" &&
    zstdFrameBytes(body) !== body.length;
  return isCut ? { ...decoded, ending: "truncated" } : decoded;
}

const UNSUPPORTED: Decoded = { bytes: new Uint8Array(), ending: "unsupported" };

/**
 * Deno 2.4.2's brotli stream reports damage as an unhandled rejection, which ends the process.
 * Only there, and so only in test binaries, memory is not bounded.
 */
function brotliAtOnce(body: Uint8Array, maxBytes: number): Decoded {
  try {
    return bounded(new Uint8Array(zlib.brotliDecompressSync(body)), maxBytes);
  } catch {
    return { bytes: new Uint8Array(), ending: "damaged" };
  }
}

function bounded(bytes: Uint8Array, maxBytes: number): Decoded {
  const ending = bytes.length <= maxBytes ? "end" : "bound";
  return { bytes: bytes.subarray(0, maxBytes), ending };
}

function drain(
  decoder: Transform,
  { body, maxBytes, room, probe, sliceEnd }: DecodeOptions & Fed & { readonly probe: boolean },
): Promise<Decoded> {
  const { promise, resolve } = Promise.withResolvers<Decoded>();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let pausedAt = 0;
  let isProbing = false;
  const finish = (ending: Decoded["ending"]) => {
    decoder.destroy();
    resolve(inTurns(gathered(chunks.splice(0), { length: Math.min(size, maxBytes), ending })));
  };
  const pause = () => {
    pausedAt = size;
    decoder.pause();
    nextTurn().then(() => decoder.resume());
  };
  // The listeners stay: a late second error without one would end the process.
  decoder.on("error", (error: Error & { readonly code?: string }) => {
    finish(isProbing || error.code === "Z_BUF_ERROR" ? "truncated" : "damaged");
  });
  decoder.on("end", () => finish("end"));
  decoder.on("data", (chunk: Uint8Array) => {
    if (isProbing) return finish("truncated");
    if (room?.take(chunk.length) === false) return finish("no_room");
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) finish("bound");
    else if (size - pausedAt > SLICE_BYTES) pause();
  });
  feed(decoder, { body, sliceEnd }).then(() => {
    while (decoder.read() !== null); // hands out what is still buffered, before the probe's turn
    isProbing = probe;
    decoder.end(probe ? PROBE : undefined);
  });
  return promise;
}

interface Fed {
  readonly body: Uint8Array;
  /** Where the slice that begins at `from` ends. */
  readonly sliceEnd: (body: Uint8Array, from: number) => number;
}

function sliceEndAfter(_body: Uint8Array, from: number): number {
  return from + FED_BYTES;
}

/** Writes all of `body`; never resolves when the decoder fails or is destroyed before its end. */
function feed(decoder: Transform, { body, sliceEnd }: Fed): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const write = (from: number) => {
    if (decoder.destroyed) return;
    if (from >= body.length) return resolve();
    const to = sliceEnd(body, from);
    decoder.write(body.subarray(from, to), (error) => error ? undefined : write(to));
  };
  write(0);
  return promise;
}

function* gathered(
  chunks: readonly Uint8Array[],
  { length, ending }: { readonly length: number; readonly ending: Decoded["ending"] },
): Steps<Decoded> {
  return { bytes: yield* gather(chunks, length), ending };
}
