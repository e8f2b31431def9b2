import { Buffer } from "node:buffer";
import { asciiKeyAt } from "./json_key.ts";
import { JsonWalk, type MemberSink } from "./json_walk.ts";
import { BACKSLASH, fault, OPEN_BRACE, QUOTE, skipSpace } from "./json_token.ts";
import { atOnce, SLICE_BYTES, type Steps } from "./turns.ts";

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
  if (body.length > SLICE_BYTES) return atOnce(scanInSteps(body, wanted));
  // As nearly all are: no steps are made for them.
  const start = skipSpace(body, byteOrderMarkBytes(body));
  const found = new WantedMembers(body, wanted);
  const end = new JsonWalk(body, start, found).advance() ?? fault(body.length);
  return scanOf(body, found, { start, end, rest: end < 0 ? end : skipSpace(body, end) });
}

/** The same with a pause after each slice of the body. */
export function* scanInSteps(body: Uint8Array, wanted: WantedKeys): Steps<JsonScan> {
  const start = yield* pastSpace(body, byteOrderMarkBytes(body));
  const found = new WantedMembers(body, wanted);
  const end = yield* pastValue(body, start, found);
  const rest = end < 0 ? end : yield* pastSpace(body, end);
  return scanOf(body, found, { start, end, rest });
}

/** @param end of its value, or a fault; `rest` is where something else follows it */
function scanOf(
  body: Uint8Array,
  { members }: WantedMembers,
  { start, end, rest }: { readonly start: number; readonly end: number; readonly rest: number },
): JsonScan {
  if (end < 0) return { kind: "malformed", offset: fault(end) };
  if (rest < body.length) return { kind: "malformed", offset: rest };
  return body[start] === OPEN_BRACE ? { kind: "object", members } : { kind: "not_object" };
}

/** The end of the value that begins at `start`, or a fault. */
export function* pastValue(body: Uint8Array, start: number, sink?: MemberSink): Steps<number> {
  const walk = new JsonWalk(body, start, sink);
  for (;;) {
    const end = walk.advance(walk.at + SLICE_BYTES);
    if (end !== undefined) return end;
    yield;
  }
}

/** Where white space that begins at `start` ends. */
export function* pastSpace(body: Uint8Array, start: number): Steps<number> {
  for (let at = start;;) {
    const until = Math.min(body.length, at + SLICE_BYTES);
    at = skipSpace(body, at, until);
    if (at < until || at === body.length) return at;
    yield;
  }
}

/** How often a key may be repeated before only the last of its values counts. */
export const MOST_REPEATS = 10_000;

/** The members of the wanted keys among those of an object. */
class WantedMembers implements MemberSink {
  readonly members = new Map<string, Span[]>();
  readonly #body: Uint8Array;
  readonly #wanted: WantedKeys;

  constructor(body: Uint8Array, wanted: WantedKeys) {
    this.#body = body;
    this.#wanted = wanted;
  }

  member(keyStart: number, keyEnd: number, start: number, end: number): void {
    const name = wantedName(keyStart, keyEnd, { body: this.#body, wanted: this.#wanted });
    if (name === undefined) return;
    const spans = this.members.get(name);
    if (spans === undefined) this.members.set(name, [{ start, end }]);
    else if (spans.length < MOST_REPEATS) spans.push({ start, end });
    else spans[MOST_REPEATS - 1] = { start, end };
  }
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

/** Such as `\u006d`: half of a character that JavaScript counts as two. */
const ESCAPED_CHARACTER_BYTES = 6;

/** Keys to look for, made ready once for many bodies. */
export class WantedKeys {
  readonly #byName = new Map<string, WantedKey>();
  /** By the bytes that a key takes with its quotes. */
  readonly #byLength: WantedKey[][] = [];
  /** The most bytes that one of them takes, with its quotes and each of its characters escaped. */
  readonly longestSpelling: number;
  readonly isAscii: boolean;

  constructor(names: Iterable<string>) {
    for (const name of new Set(names)) {
      const key = { name, plain: new TextEncoder().encode(JSON.stringify(name)) };
      this.#byName.set(name, key);
      (this.#byLength[key.plain.length] ??= []).push(key);
    }
    const longest = Math.max(0, ...this.#byName.keys().map(({ length }) => length));
    this.isAscii = this.#byName.keys().every((name) => /^[\x20-\x7e]*$/.test(name));
    this.longestSpelling = 2 + longest * ESCAPED_CHARACTER_BYTES;
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** The key that is spelt so; undefined where none is. */
  spelt(body: Uint8Array, start: number, end: number): string | undefined {
    const candidates = this.#byLength[end - start];
    if (candidates === undefined) return undefined;
    for (const { name, plain } of candidates) {
      if (isSpelt(plain, body, start)) return name;
    }
    return undefined;
  }
}

function byteOrderMarkBytes(body: Uint8Array): number {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
}

/**
 * Which wanted key this is. Only a key with an escape is decoded: a body may hold millions; and only
 * one that is short enough for a wanted key in which every character is escaped.
 */
function wantedName(
  start: number,
  end: number,
  { body, wanted }: { readonly body: Uint8Array; readonly wanted: WantedKeys },
): string | undefined {
  const plain = wanted.spelt(body, start, end);
  if (plain !== undefined || end - start > wanted.longestSpelling) return plain;
  if (!hasEscape(body, start, end)) return undefined;
  const decoded = wanted.isAscii
    ? asciiKeyAt(body, start + 1, end - 1)
    : stringAt(body, { start, end });
  return decoded !== undefined && wanted.has(decoded) ? decoded : undefined;
}

function isSpelt(plain: Uint8Array, body: Uint8Array, start: number): boolean {
  for (let at = 0; at < plain.length; at++) {
    if (plain[at] !== body[start + at]) return false;
  }
  return true;
}

function hasEscape(body: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (body[at] === BACKSLASH) return true;
  }
  return false;
}
