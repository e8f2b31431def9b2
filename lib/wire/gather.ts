/** Bytes put together or copied in slices, where there are too many to be moved in one go. */
import { type Steps } from "./turns.ts";

/** A memory copy of that much takes some 2 ms, the system's finding of the pages included. */
const COPIED_BYTES = 4 * 1024 * 1024;

/** Chunks as one; as `concat()`, with a pause after every few megabytes. */
export function* gather(chunks: readonly Uint8Array[], length: number): Steps<Uint8Array> {
  const [only] = chunks;
  if (chunks.length === 1 && only?.length === length) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  let pausedAt = 0;
  for (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += COPIED_BYTES) {
      const part = chunk.subarray(from, Math.min(from + COPIED_BYTES, from + length - at));
      whole.set(part, at);
      at += part.length;
      if (at - pausedAt < COPIED_BYTES) continue;
      pausedAt = at;
      yield;
    }
  }
  return whole;
}
