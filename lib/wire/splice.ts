/** A body with some of its bytes replaced. */
import { gather } from "./gather.ts";
import type { Span } from "./json_string.ts";
import type { Steps } from "./turns.ts";

/** Bytes that take the place of others. */
export interface Edit {
  readonly span: Span;
  readonly bytes: Uint8Array;
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
export function spliceInSteps(body: Uint8Array, edits: readonly Edit[]): Steps<Uint8Array> {
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
