/**
 * Where a JSON body has a `model`: a reading of its own, which owes nothing to the one of
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

/** One object or array around the byte that is being read. */
interface Level {
  readonly isArray: boolean;
  /** Of the member that is being read; `*` in an array. */
  key: string | undefined;
  /** Where its value begins; -1 before its colon. */
  valueStart: number;
}

/**
 * The values at these paths (`model`, `requests.*.model`), in the order written; none where the body is
 * no object.
 */
export function jsonPlaces(body: Buffer, paths: ReadonlySet<string>): Place[] {
  const places: Place[] = [];
  const levels: Level[] = [];
  const endValue = (end: number) => {
    const level = levels.at(-1);
    if (level?.key !== "model" || level.valueStart < 0) return;
    if (!paths.has(levels.map(({ key }) => key).join("."))) return;
    places.push(trimmed(body, level.valueStart, end));
  };
  for (let at = startOf(body); at < body.length; at++) {
    const level = levels.at(-1);
    switch (String.fromCharCode(body[at] ?? 0)) {
      case '"': {
        const end = endOfString(body, at);
        const isKey = level !== undefined && !level.isArray && level.valueStart < 0;
        if (isKey) level.key = textOf(body, { start: at, end });
        at = end - 1;
        break;
      }
      case ":":
        if (level !== undefined) level.valueStart = at + 1;
        break;
      case ",":
        endValue(at);
        if (level?.isArray === false) level.valueStart = -1;
        break;
      case "{":
        levels.push({ isArray: false, key: undefined, valueStart: -1 });
        break;
      case "[":
        levels.push({ isArray: true, key: "*", valueStart: at + 1 });
        break;
      case "}":
      case "]":
        endValue(at);
        levels.pop();
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
