import type { Span } from "./json_scan.ts";
import { skipValue } from "./json_skip.ts";
import { COMMA, OPEN_BRACKET, skipSpace } from "./json_token.ts";

/** Where the elements of the list at `span` stand; none where the value is no list. */
export function* elementsIn(body: Uint8Array, { start, end: listEnd }: Span): Iterable<Span> {
  if (body[start] !== OPEN_BRACKET) return;
  let at = skipSpace(body, start + 1);
  while (at < listEnd - 1) {
    const end = skipValue(body, at);
    if (end < 0) return;
    yield { start: at, end };
    const comma = skipSpace(body, end);
    if (body[comma] !== COMMA) return;
    at = skipSpace(body, comma + 1);
  }
}
