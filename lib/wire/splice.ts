/** A body with some of its bytes replaced. */
import { gather } from "./gather.ts";
import { concat } from "./receive.ts";
import type { Span } from "./json_string.ts";
import type { Steps } from "./turns.ts";

/** Bytes that take the place of others. */
export interface Edit {
  readonly span: Span;
  readonly bytes: Uint8Array;
}

/** A large body, of which only what had to be replaced and what stands before it was copied. */
export interface SplicedBody {
  readonly start: Uint8Array;
  /** The rest of the body that it was made of, where it stands. */
  readonly tail: Uint8Array;
  /** Of both, in bytes. */
  readonly length: number;
}

/** Its bytes in one piece; an array is given as it is. */
export function inOnePiece(body: Uint8Array | SplicedBody): Uint8Array {
  return "tail" in body ? concat([body.start, body.tail], body.length) : body;
}

/** So much is copied sooner than written apart. */
export const SHORT_TAIL_BYTES = 64 * 1024;

/** The body with the bytes at each span replaced, as `splice()` gives it; of a long one the tail stays. */
export function* spliceStart(
  body: Uint8Array,
  edits: readonly Edit[],
): Steps<Uint8Array | SplicedBody> {
  const end = edits.at(-1)?.span.end ?? 0;
  const tail = body.subarray(end);
  if (tail.length <= SHORT_TAIL_BYTES) return yield* spliceInSteps(body, edits);
  const start = yield* spliceInSteps(body.subarray(0, end), edits);
  return { start, tail, length: start.length + tail.length };
}

/**
 * The body with the bytes at each span replaced, and no other byte changed. It is always a new array
 * of exactly the size needed; the body given stays as it is.
 *
 * @param edits Apart and in order.
 * @throws {RangeError} The spans overlap or are out of order.
 */
export function splice(body: Uint8Array, edits: readonly Edit[]): Uint8Array<ArrayBuffer> {
  const spliced = new Uint8Array(splicedBytes(body, edits));
  let at = 0;
  for (const piece of piecesOf(body, edits)) {
    spliced.set(piece, at);
    at += piece.length;
  }
  return spliced;
}

/** The same, with a pause after every few megabytes. */
function spliceInSteps(body: Uint8Array, edits: readonly Edit[]): Steps<Uint8Array> {
  return gather(piecesOf(body, edits), splicedBytes(body, edits));
}

/** What stays and what takes the place of the rest, in order. */
function piecesOf(body: Uint8Array, edits: readonly Edit[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const { span: { start, end }, bytes } of edits) {
    if (start < from) {
      throw new RangeError(`Span at ${start} begins before ${from}, where one ended`);
    }
    pieces.push(body.subarray(from, start), bytes);
    from = end;
  }
  pieces.push(body.subarray(from));
  return pieces;
}

function splicedBytes(body: Uint8Array, edits: readonly Edit[]): number {
  return edits.reduce(
    (size, { span, bytes }) => size - (span.end - span.start) + bytes.length,
    body.length,
  );
}
