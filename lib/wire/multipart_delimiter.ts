/** The lines that separate the parts of a multipart body. RFC 2046, section 5.1.1. */
import type { Span } from "./json_string.ts";
import { SLICE_BYTES, type Steps } from "./turns.ts";

export interface Boundary {
  /** With its two dashes. */
  readonly bytes: Uint8Array;
}

export interface Delimiter {
  /** Where its dashes begin. */
  readonly start: number;
  /** Where what follows its line begins. */
  readonly end: number;
  readonly closes: boolean;
  /** How the line before it ends. */
  readonly afterCrlf: boolean;
  readonly lineEndsInCrlf: boolean;
}

/** The first delimiter that begins at `from` or after. It stands at the start of a line. */
export function* nextDelimiter(
  body: Uint8Array,
  boundary: Boundary,
  from: number,
): Steps<Delimiter | undefined> {
  let pausedAt = from;
  for (let at = from; at < body.length; at = afterLine(body, at)) {
    const found = isAt(body, boundary, at) ? delimiterAt(body, boundary, at) : undefined;
    if (found !== undefined) return found;
    if (at - pausedAt < SLICE_BYTES) continue;
    pausedAt = at;
    yield;
  }
  return undefined;
}

/** What stands between two delimiters, without the line end that belongs to the second. */
export function blockOf(
  body: Uint8Array,
  { end: start }: Delimiter,
  next: Delimiter | undefined,
): Span {
  if (next === undefined) return { start, end: body.length };
  return { start, end: next.start - (next.afterCrlf ? 2 : 1) };
}

/** Below this distance a loop finds the end of a line sooner than the native search. */
const NEAR_BYTES = 32;

/** Where the line after the one at `from` begins; the length where there is none. */
export function afterLine(body: Uint8Array, from: number): number {
  const near = Math.min(from + NEAR_BYTES, body.length);
  for (let at = from; at < near; at++) {
    if (body[at] === LINE_FEED) return at + 1;
  }
  const found = body.indexOf(LINE_FEED, near);
  return found < 0 ? body.length : found + 1;
}

function isAt(body: Uint8Array, { bytes }: Boundary, at: number): boolean {
  let same = 0;
  while (same < bytes.length && bytes[same] === body[at + same]) same++;
  return same === bytes.length;
}

/** Undefined where the line goes on with something else: it is content that looks like one. */
function delimiterAt(
  body: Uint8Array,
  { bytes }: Boundary,
  start: number,
): Delimiter | undefined {
  const dashes = start + bytes.length;
  const closes = body[dashes] === DASH && body[dashes + 1] === DASH;
  const afterCrlf = body[start - 2] === RETURN;
  if (closes) return { start, end: dashes + 2, closes, afterCrlf, lineEndsInCrlf: false };
  let at = dashes;
  while (body[at] === SPACE || body[at] === TAB) at++;
  const lineEndsInCrlf = body[at] === RETURN && body[at + 1] === LINE_FEED;
  if (!lineEndsInCrlf && body[at] !== LINE_FEED && at < body.length) return undefined;
  return { start, end: afterLine(body, at), closes, afterCrlf, lineEndsInCrlf };
}

const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const DASH = 0x2d;
