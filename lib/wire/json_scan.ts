import { Buffer } from "node:buffer";
import { skipColon, skipKey, skipValue } from "./json_skip.ts";
import {
  BACKSLASH,
  CLOSE_BRACE,
  COMMA,
  fault,
  OPEN_BRACE,
  QUOTE,
  skipSpace,
} from "./json_token.ts";

/** One value as bytes [start, end) of the body; a string's quotes are inside. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type JsonScan =
  /**
   * Where the wanted keys of the top-level object have their values, in the order written. Of
   * duplicates the last decides, as for `JSON.parse`; all are here, so that all can be replaced. A
   * key that does not occur has no entry.
   */
  | { readonly kind: "object"; readonly members: ReadonlyMap<string, readonly Span[]> }
  /** JSON, but an array, a string, a number, or a literal. */
  | { readonly kind: "not_object" }
  /** Not JSON from `offset` on: the length of the body when it is only cut short. */
  | { readonly kind: "malformed"; readonly offset: number };

/**
 * Finds the values of top-level keys without parsing the body, in linear time at any depth.
 *
 * The whole body must be one JSON value (RFC 8259) in UTF-8; a byte order mark in front is accepted
 * and counts in the offsets. One leniency: what is between the quotes of a string is not judged, so
 * control characters, bad escapes and invalid UTF-8 pass, for the backend to refuse. Keys are
 * compared as decoded, so `"\u006dodel"` is `model`; a key that cannot be decoded is no key wanted.
 */
export function scanTopLevel(body: Uint8Array, wanted: WantedKeys): JsonScan {
  const start = skipSpace(body, byteOrderMarkBytes(body));
  const members = new Map<string, Span[]>();
  const isObject = body[start] === OPEN_BRACE;
  const end = isObject ? collect({ body, wanted, members }, start) : skipValue(body, start);
  if (end < 0) return { kind: "malformed", offset: fault(end) };
  const rest = skipSpace(body, end);
  if (rest < body.length) return { kind: "malformed", offset: rest };
  return isObject ? { kind: "object", members } : { kind: "not_object" };
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

interface WantedKey {
  readonly name: string;
  /** The key as nearly everybody writes it, quotes included. */
  readonly plain: Uint8Array;
}

/** Keys to look for, made ready once for many bodies. */
export class WantedKeys {
  readonly #byName = new Map<string, WantedKey>();
  /** By the bytes that a key takes with its quotes. */
  readonly #byLength: WantedKey[][] = [];

  constructor(names: Iterable<string>) {
    for (const name of new Set(names)) {
      const key = { name, plain: new TextEncoder().encode(JSON.stringify(name)) };
      this.#byName.set(name, key);
      (this.#byLength[key.plain.length] ??= []).push(key);
    }
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** The key that is spelt so; undefined where none is. */
  spelt(body: Uint8Array, { start, end }: Span): string | undefined {
    const candidates = this.#byLength[end - start];
    if (candidates === undefined) return undefined;
    for (const { name, plain } of candidates) {
      if (isSpelt(plain, body, start)) return name;
    }
    return undefined;
  }
}

interface Search {
  readonly body: Uint8Array;
  readonly wanted: WantedKeys;
  /** Filled as the search goes. */
  readonly members: Map<string, Span[]>;
}

function byteOrderMarkBytes(body: Uint8Array): number {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
}

/** The end of the object that opens at `open`, or a fault; its wanted members on the way. */
function collect(search: Search, open: number): number {
  const { body } = search;
  let at = skipSpace(body, open + 1);
  if (body[at] === CLOSE_BRACE) return at + 1;
  for (;;) {
    const end = collectMember(search, at);
    if (end < 0) return end;
    at = skipSpace(body, end);
    if (body[at] === CLOSE_BRACE) return at + 1;
    if (body[at] !== COMMA) return fault(at);
    at = skipSpace(body, at + 1);
  }
}

function collectMember({ body, wanted, members }: Search, at: number): number {
  const keyEnd = skipKey(body, at);
  const start = skipColon(body, keyEnd);
  const end = start < 0 ? start : skipValue(body, start);
  const name = end < 0 ? undefined : wantedName({ start: at, end: keyEnd }, body, wanted);
  if (name === undefined) return end;
  const spans = members.get(name);
  if (spans === undefined) members.set(name, [{ start, end }]);
  else spans.push({ start, end });
  return end;
}

/** Which wanted key this is. Only a key with an escape is decoded: a body may hold millions. */
function wantedName(key: Span, body: Uint8Array, wanted: WantedKeys): string | undefined {
  const plain = wanted.spelt(body, key);
  if (plain !== undefined || !hasEscape(body, key)) return plain;
  const decoded = stringAt(body, key);
  return decoded !== undefined && wanted.has(decoded) ? decoded : undefined;
}

function isSpelt(plain: Uint8Array, body: Uint8Array, start: number): boolean {
  for (let at = 0; at < plain.length; at++) {
    if (plain[at] !== body[start + at]) return false;
  }
  return true;
}

function hasEscape(body: Uint8Array, key: Span): boolean {
  for (let at = key.start; at < key.end; at++) {
    if (body[at] === BACKSLASH) return true;
  }
  return false;
}
