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

/** Below this distance a loop finds a quote sooner than the native search, which costs a call. */
const NEAR_BYTES = 32;

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

/** The end of the string, number or literal at `at`, or a fault. */
export function skipScalar(body: Uint8Array, at: number): number {
  if (body[at] === QUOTE) return skipString(body, at);
  const literal = literalStarting(body[at]);
  if (literal === undefined) return skipNumber(body, at);
  for (let i = 1; i < literal.length; i++) {
    if (body[at + i] !== literal[i]) return fault(at + i);
  }
  return at + literal.length;
}

/** The end of the string whose opening quote is at `at`. What is between the quotes is not judged. */
export function skipString(body: Uint8Array, at: number): number {
  const end = endOfString(body, at + 1);
  return end < 0 ? fault(body.length) : end;
}

/** The end of the string of which `from` is the first byte, or one that nothing escapes; -1 for none. */
export function endOfString(body: Uint8Array, from: number): number {
  let quote = findQuote(body, from);
  while (quote >= 0 && isEscaped(body, quote, from)) quote = findQuote(body, quote + 1);
  return quote < 0 ? -1 : quote + 1;
}

/** Where to go on with a string that has no end from `from` to the end of the bytes: past what they escape. */
export function pastEscapes(body: Uint8Array, from: number): number {
  const end = Math.max(from, body.length);
  return isEscaped(body, end, from) ? end + 1 : end;
}

function findQuote(body: Uint8Array, from: number): number {
  const near = Math.min(from + NEAR_BYTES, body.length);
  for (let at = from; at < near; at++) {
    if (body[at] === QUOTE) return at;
  }
  return body.indexOf(QUOTE, near);
}

/** Reads only the backslashes that touch this quote, so that no byte is read for two quotes. */
function isEscaped(body: Uint8Array, quote: number, from: number): boolean {
  let first = quote;
  while (first > from && body[first - 1] === BACKSLASH) first--;
  return (quote - first) % 2 === 1;
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
