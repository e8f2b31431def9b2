/**
 * The tokens of JSON (RFC 8259) as byte ranges: each function takes the offset where a token starts
 * and gives the offset after it, or a fault. Nothing is decoded and nothing is copied.
 */

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const BACKSLASH = 0x5c;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;

const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const LOWER_E = 0x65;
const UPPER_E = 0x45;
const LOWER_F = 0x66;
const LOWER_N = 0x6e;
const LOWER_T = 0x74;

const TRUE = new TextEncoder().encode("true");
const FALSE = new TextEncoder().encode("false");
const NULL = new TextEncoder().encode("null");

/**
 * That the body stops being JSON at `offset`, as a negative number: a skip gives one number whether
 * it succeeds or not, so that the scan allocates nothing per token. Its own inverse.
 */
export function fault(offset: number): number {
  return -1 - offset;
}

/** The offset of the first byte from `at` that is not JSON whitespace; `end` if there is none before it. */
export function skipSpace(body: Uint8Array, at: number, end = body.length): number {
  while (at < end && isSpace(body[at])) at++;
  return at;
}

/** The end of the number or literal at `at`, or a fault. A string is for `StringEnds`. */
export function skipWord(body: Uint8Array, at: number): number {
  const literal = literalStarting(body[at]);
  if (literal === undefined) return skipNumber(body, at);
  for (let i = 1; i < literal.length; i++) {
    if (body[at + i] !== literal[i]) return fault(at + i);
  }
  return at + literal.length;
}

function skipNumber(body: Uint8Array, start: number): number {
  let at = body[start] === MINUS ? start + 1 : start;
  at = body[at] === ZERO ? at + 1 : skipDigits(body, at);
  if (at >= 0 && body[at] === DOT) at = skipDigits(body, at + 1);
  if (at >= 0 && isExponent(body[at])) {
    at = skipDigits(body, isSign(body[at + 1]) ? at + 2 : at + 1);
  }
  return at;
}

/** A longer number is none that anybody counts with, and would be the one token that cannot be sliced. */
const MOST_DIGITS = 64 * 1024;

function skipDigits(body: Uint8Array, start: number): number {
  const end = Math.min(body.length, start + MOST_DIGITS);
  let at = start;
  while (at < end && isDigit(body[at])) at++;
  return at === start || isDigit(body[at]) ? fault(at) : at;
}

function literalStarting(byte: number | undefined): Uint8Array | undefined {
  switch (byte) {
    case LOWER_T:
      return TRUE;
    case LOWER_F:
      return FALSE;
    case LOWER_N:
      return NULL;
    default:
      return undefined;
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte !== undefined && byte <= SPACE &&
    (byte === SPACE || byte === LINE_FEED || byte === RETURN || byte === TAB);
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

function isSign(byte: number | undefined): boolean {
  return byte === PLUS || byte === MINUS;
}

function isExponent(byte: number | undefined): boolean {
  return byte === LOWER_E || byte === UPPER_E;
}
