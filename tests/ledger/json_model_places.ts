/**
 * Where a JSON body has its top-level `model`: a reading of its own, which owes nothing to the one of
 * the proxy that it checks.
 */
import type { Buffer } from "node:buffer";

/** Bytes [start, end) of the body. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const SPACE = /^[ \t\r\n]$/;

/** The values of every top-level `model`; none where the body is no object. */
export function jsonModelPlaces(body: Buffer): Place[] {
  const places: Place[] = [];
  let depth = 0;
  let key: string | undefined;
  let valueStart = -1;
  const endValue = (end: number) => {
    if (key === "model" && valueStart >= 0) places.push(trimmed(body, valueStart, end));
    key = undefined;
    valueStart = -1;
  };
  for (let at = startOf(body); at < body.length; at++) {
    switch (String.fromCharCode(body[at] ?? 0)) {
      case '"': {
        const end = endOfString(body, at);
        if (depth === 1 && valueStart < 0) key = textOf(body, { start: at, end });
        at = end - 1;
        break;
      }
      case ":":
        if (depth === 1) valueStart = at + 1;
        break;
      case ",":
        if (depth === 1) endValue(at);
        break;
      case "{":
      case "[":
        depth++;
        break;
      case "}":
      case "]":
        if (depth === 1) endValue(at);
        depth--;
    }
  }
  return places;
}

/** The string that stands there; undefined where none does. */
export function textOf(body: Buffer, { start, end }: Place): string | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8", start, end));
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Where the object begins; the body's length where there is none. */
function startOf(body: Buffer): number {
  let at = body.toString("latin1", 0, 3) === "\xef\xbb\xbf" ? 3 : 0;
  while (SPACE.test(String.fromCharCode(body[at] ?? 0))) at++;
  return body[at] === 0x7b ? at : body.length;
}

function endOfString(body: Buffer, start: number): number {
  for (
    let quote = body.indexOf(QUOTE, start + 1);
    quote >= 0;
    quote = body.indexOf(QUOTE, quote + 1)
  ) {
    let run = quote;
    while (body[run - 1] === 0x5c && run - 1 > start) run--;
    if ((quote - run) % 2 === 0) return quote + 1;
  }
  return body.length;
}

function trimmed(body: Buffer, start: number, end: number): Place {
  while (SPACE.test(String.fromCharCode(body[start] ?? 0))) start++;
  while (SPACE.test(String.fromCharCode(body[end - 1] ?? 0))) end--;
  return { start, end };
}
