/** A string in a JSON body, decoded; and where a value stands. */
import { Buffer } from "node:buffer";
import { BACKSLASH, QUOTE } from "./json_token.ts";

/** One value as bytes [start, end) of the body; a string's quotes are inside. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * The string a span holds, decoded as `JSON.parse` decodes it; undefined when the value is not a
 * string, or is one that `JSON.parse` or UTF-8 does not allow.
 */
export function stringAt(body: Uint8Array, span: Span): string | undefined {
  if (body[span.start] !== QUOTE) return undefined;
  if (isPlain(body, span)) return latin1(body, span.start + 1, span.end - 1);
  try {
    const decoded: unknown = JSON.parse(utf8.decode(body.subarray(span.start, span.end)));
    return typeof decoded === "string" ? decoded : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a string holds nothing that would have to be decoded or judged. */
function isPlain(body: Uint8Array, { start, end }: Span): boolean {
  if (end - start > LONGEST_PLAIN) return false;
  for (let at = start + 1; at < end - 1; at++) {
    const byte = body[at] ?? 0;
    if (byte < SPACE || byte >= DELETE || byte === BACKSLASH || byte === QUOTE) return false;
  }
  return end - start >= 2 && body[end - 1] === QUOTE;
}

/** As long as looking at each byte costs less than decoding. */
const LONGEST_PLAIN = 256;
const SPACE = 0x20;
const DELETE = 0x7f;

function latin1(body: Uint8Array, start: number, end: number): string {
  return Buffer.from(body.buffer, body.byteOffset + start, end - start).toString("latin1");
}
