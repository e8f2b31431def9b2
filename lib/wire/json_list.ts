/** The elements of a JSON list, one after the other. */
import { pastSpace, pastValue } from "./json_scan.ts";
import type { Span } from "./json_string.ts";
import { COMMA, OPEN_BRACKET } from "./json_token.ts";
import { SLICE_BYTES } from "./turns.ts";

/**
 * Where the elements of the list at `span` stand; none where the value is no list. Undefined is a pause,
 * after every slice of the body.
 */
export function* elementsIn(
  body: Uint8Array,
  { start, end: listEnd }: Span,
): Generator<Span | undefined, void> {
  if (body[start] !== OPEN_BRACKET) return;
  let at: number = yield* pastSpace(body, start + 1);
  let pausedAt = start;
  while (at < listEnd - 1) {
    const end: number = yield* pastValue(body, at);
    if (end < 0) return;
    yield { start: at, end };
    const comma: number = yield* pastSpace(body, end);
    if (body[comma] !== COMMA) return;
    at = yield* pastSpace(body, comma + 1);
    if (at - pausedAt < SLICE_BYTES) continue;
    pausedAt = at;
    yield undefined;
  }
}
