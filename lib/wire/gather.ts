/** Bytes put together or copied in slices, where there are too many to be moved in one go. */
import { concat } from "./receive.ts";
import { inTurns, SLICE_BYTES, type Steps } from "./turns.ts";

/** A copy of that much takes some 2 ms, the system's finding of its pages included. */
const COPIED_BYTES = 4 * 1024 * 1024;

/** Copies to where the whole is to have it, with a pause after every few megabytes. */
export function* copyInto(whole: Uint8Array, bytes: Uint8Array, start: number): Steps<void> {
  for (let at = 0; at < bytes.length; at += COPIED_BYTES) {
    if (at > 0) yield;
    whole.set(bytes.subarray(at, at + COPIED_BYTES), start + at);
  }
}

/** Chunks as one, of this length; what is over it is left out. */
export function* gather(chunks: readonly Uint8Array[], length: number): Steps<Uint8Array> {
  const whole = new Uint8Array(length);
  let at = 0;
  let pausedAt = 0;
  for (const chunk of chunks) {
    const part = chunk.subarray(0, length - at);
    yield* copyInto(whole, part, at);
    at += part.length;
    if (at - pausedAt < COPIED_BYTES) continue;
    pausedAt = at;
    yield;
  }
  return whole;
}

/** Chunks as one: at once where they are few bytes, else in turns of the event loop. */
export function gathered(
  chunks: readonly Uint8Array[],
  length: number,
): Uint8Array | Promise<Uint8Array> {
  return length > SLICE_BYTES ? inTurns(gather(chunks, length)) : concat(chunks, length);
}
