/** A key with escapes, read without a decoder: hostile bodies have millions of them. */
import { BACKSLASH } from "./json_token.ts";

/**
 * What is written between the quotes of a key, if that is printable ASCII in whatever escapes
 * (RFC 8259, section 7); undefined where it is anything else.
 */
export function asciiKeyAt(body: Uint8Array, start: number, end: number): string | undefined {
  let key = "";
  for (let at = start; at < end;) {
    const byte = body[at] ?? 0;
    const isUnicode = byte === BACKSLASH && body[at + 1] === LETTER_U;
    const code = byte !== BACKSLASH
      ? byte
      : isUnicode
      ? hexAt(body, at + 2)
      : escapedAt(body, at + 1);
    at += byte !== BACKSLASH ? 1 : isUnicode ? UNICODE_BYTES : 2;
    if (at > end || !(code >= SPACE && code < DELETE)) return undefined;
    key += String.fromCharCode(code);
  }
  return key;
}

/** Such as `\u006d`. */
const UNICODE_BYTES = 6;

/** The code that four hexadecimal digits stand for; NaN where they are none. */
function hexAt(body: Uint8Array, start: number): number {
  let code = 0;
  for (let at = start; at < start + 4; at++) code = code * 16 + digitOf(body[at] ?? 0);
  return code;
}

function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : NaN;
}

/** Of the other escapes, those of a printable character stand for themselves. */
function escapedAt(body: Uint8Array, at: number): number {
  const byte = body[at] ?? 0;
  return byte === QUOTE || byte === BACKSLASH || byte === SLASH ? byte : NaN;
}

const SPACE = 0x20;
const QUOTE = 0x22;
const SLASH = 0x2f;
const LETTER_U = 0x75;
const DELETE = 0x7f;
