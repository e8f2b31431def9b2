/** Finds credentials that nobody named by their shape: vendors' keys, bearer tokens, private keys. */
import { maskSecret } from "../mask_secret.ts";
import { CREDENTIAL_SHAPES } from "./credential_shapes.ts";
import { type Found, tableOf, TOKEN_BYTES } from "./needle_search.ts";

/** A text in bytes, and with one character a byte, so that patterns match at the same places. */
export interface Searched {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** No credential is shorter, its prefix and its scheme's token included. */
const SHORTEST_RUN = 16;

const WORD_BYTES = tableOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

/** All shapes whose beginning can open with these two bytes, as one pattern that matches in place. */
const BY_OPENING = openings();
const OPENS = new Uint8Array(65536);
for (const opening of BY_OPENING.keys()) OPENS[opening] = 1;

function openings(): ReadonlyMap<number, RegExp> {
  const sources = new Map<number, string[]>();
  for (const { begins, follows } of CREDENTIAL_SHAPES) {
    for (const begin of begins) {
      const opening = (begin.charCodeAt(0) << 8) | begin.charCodeAt(1);
      const known = sources.get(opening) ?? [];
      sources.set(opening, [...known, `${begin}(?:${follows})`]);
    }
  }
  return new Map([...sources].map(([opening, all]) => [opening, new RegExp(all.join("|"), "y")]));
}

/**
 * Finds what begins in runs of a credential's characters from `from` to before `to`. A run is found by
 * looking at every 16th byte.
 *
 * @returns where to go on
 */
export function findShapes(
  searched: Searched,
  { from, to }: { readonly from: number; readonly to: number },
  found: Found,
): number {
  const { bytes } = searched;
  const length = bytes.length;
  let at = from + SHORTEST_RUN - 1;
  let last = from;
  while (at < length && at - SHORTEST_RUN < to) {
    // The run may begin between two samples; it holds this one or it is shorter.
    if (TOKEN_BYTES[bytes[at]!] === 0) {
      at += SHORTEST_RUN;
      continue;
    }
    if (TOKEN_BYTES[bytes[at - 5]!] === 0) {
      at += SHORTEST_RUN - 5;
      continue;
    }
    if (TOKEN_BYTES[bytes[at - 10]!] === 0) {
      at += SHORTEST_RUN - 10;
      continue;
    }
    let start = at;
    while (start > last && TOKEN_BYTES[bytes[start - 1]!] === 1) start--;
    const end = findInRun(searched, start, found);
    last = end;
    at = end + SHORTEST_RUN;
  }
  return Math.max(to, last);
}

/** Finds what a run holds: all of it behind a scheme, else what words in it begin with. Gives its end. */
function findInRun({ bytes, text }: Searched, start: number, found: Found): number {
  const scheme = schemeBefore(bytes, start);
  if (scheme !== undefined) {
    const end = runEnd(bytes, start);
    const run = text.slice(start, end);
    const isIt = run.length >= SHORTEST_RUN && (scheme === "bearer" || isPair(run));
    if (isIt) found(start, end, scheme === "bearer" ? maskSecret(run) : "****");
    if (isIt) return end;
  }
  const escaped = escapeLength(bytes, start);
  if (escaped > 0) {
    const end = shapeEnd(bytes, text, start + escaped);
    if (end > 0) found(start + escaped, end, maskSecret(text.slice(start + escaped, end)));
    if (end > 0) return runEnd(bytes, end);
  }
  const end = runEnd(bytes, start);
  for (let at = start; at < end; at++) {
    const shaped = shapeEnd(bytes, text, at);
    if (shaped > 0) {
      found(at, shaped, maskSecret(text.slice(at, shaped)));
      at = shaped;
    }
    while (at < end && WORD_BYTES[bytes[at]!] === 1) at++;
  }
  return end;
}

function runEnd(bytes: Uint8Array, from: number): number {
  let end = from;
  while (end < bytes.length && TOKEN_BYTES[bytes[end]!] === 1) end++;
  return end;
}

/** Where a credential that begins here ends; 0 where none does. */
function shapeEnd(bytes: Uint8Array, text: string, at: number): number {
  const opening = (bytes[at]! << 8) | bytes[at + 1]!;
  if (OPENS[opening] === 1) {
    const pattern = BY_OPENING.get(opening)!;
    pattern.lastIndex = at;
    if (pattern.test(text)) return pattern.lastIndex;
  }
  return 0;
}

/** How much of an escape such as `\n`, `\u0022` or `%20` a run begins with, which is no part of a word. */
function escapeLength(bytes: Uint8Array, start: number): number {
  const before = bytes[start - 1];
  if (before === 0x25) return 2;
  if (before !== 0x5c) return 0;
  return bytes[start] === 0x75 ? 5 : 1;
}

/** The scheme that stands before a token, if one does: one to four spaces stand between. */
function schemeBefore(bytes: Uint8Array, start: number): "bearer" | "basic" | undefined {
  let at = start;
  while (at > 0 && start - at < 4 && (bytes[at - 1] === 0x20 || bytes[at - 1] === 0x09)) at--;
  if (at === start) return undefined;
  if (endsWith(bytes, at, "bearer")) return "bearer";
  return endsWith(bytes, at, "basic") ? "basic" : undefined;
}

/** In letters of any case. */
function endsWith(bytes: Uint8Array, end: number, word: string): boolean {
  if (end < word.length) return false;
  for (let index = 0; index < word.length; index++) {
    if ((bytes[end - word.length + index]! | 0x20) !== word.charCodeAt(index)) return false;
  }
  return true;
}

/** Whether it is the Base64 of a name and a password (RFC 7617). */
function isPair(text: string): boolean {
  try {
    return /^[ -~]*:[ -~]*$/.test(atob(text.slice(0, 4096).replace(/[^A-Za-z0-9+/]/g, "")));
  } catch {
    return false;
  }
}

const KEY_WORDS = "PRIVATE KEY";
const KEY_ENDS = "-----END ";
const KEY_TEXT = tableOf(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\\ \t\r\n:,.-%",
);

/** Finds private keys in PEM (RFC 7468), whole or cut, their line breaks escaped or not. */
export function findPrivateKeys({ bytes, text }: Searched, found: Found): void {
  let at = text.indexOf(KEY_WORDS);
  let ends = 0;
  while (at !== -1) {
    let start = at + KEY_WORDS.length;
    const isHeading = text.slice(Math.max(0, at - 32), at).includes("BEGIN");
    if (text.startsWith(" BLOCK", start)) start += " BLOCK".length;
    if (!isHeading || !text.startsWith("-----", start)) {
      at = text.indexOf(KEY_WORDS, start);
      continue;
    }
    start += "-----".length;
    if (ends !== -1 && ends < start) ends = text.indexOf(KEY_ENDS, start);
    let end = start;
    while (end < bytes.length && end !== ends && KEY_TEXT[bytes[end]!] === 1) end++;
    if (end - start > 8) found(start, end, "****");
    at = text.indexOf(KEY_WORDS, end);
  }
}
