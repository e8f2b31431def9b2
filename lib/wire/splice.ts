import type { Span } from "./json_scan.ts";

/**
 * The body with the value at each span replaced by the JSON string of `model`, and no other byte
 * changed. It is always a new array of exactly the size needed; the body given stays as it is.
 *
 * @param spans Apart and in order, as `scanTopLevel` gives those of one key.
 * @throws {RangeError} The spans overlap or are out of order.
 */
export function splice(
  body: Uint8Array,
  spans: readonly Span[],
  model: string,
): Uint8Array<ArrayBuffer> {
  const value = new TextEncoder().encode(JSON.stringify(model));
  const spliced = new Uint8Array(splicedBytes(body, spans, value));
  let from = 0;
  let to = 0;
  for (const { start, end } of spans) {
    if (start < from) {
      throw new RangeError(`Span at ${start} begins before ${from}, where one ended`);
    }
    spliced.set(body.subarray(from, start), to);
    spliced.set(value, to + start - from);
    to += start - from + value.length;
    from = end;
  }
  spliced.set(body.subarray(from), to);
  return spliced;
}

function splicedBytes(body: Uint8Array, spans: readonly Span[], value: Uint8Array): number {
  return spans.reduce((bytes, { start, end }) => bytes - (end - start) + value.length, body.length);
}
