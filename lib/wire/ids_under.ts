/**
 * Finds ids under a key however deep it stands, without parsing the body: its text is searched for
 * the quoted key. Within a string a quote is escaped, so that what is found is a key.
 */
import { Buffer } from "node:buffer";
import { skipColon, skipValue } from "./json_skip.ts";

export interface FoundId {
  readonly key: string;
  readonly id: string;
}

/** Only the end of a body larger than this is searched: what is newest stands there. */
const SEARCHED_BYTES = 64 * 1024 * 1024;

/** How many places under one key are looked at, the last ones. */
const MOST_PLACES = 8;

/** Encrypted reasoning is long; a value longer than this is none of what is searched for. */
const MAX_VALUE_BYTES = 256 * 1024;

const SHORTEST_ID = 4;
const ID_CHARACTERS = /^[\x21-\x7e]+$/;

/** What finds any of these keys. The quote in front is looked for afterwards, which is faster. */
export function patternOf(keys: readonly string[]): RegExp {
  return new RegExp(`(${keys.join("|")})"`, "g");
}

/** The ids under the keys of a `patternOf()`, the one that stands last first. */
export function idsUnder(body: Uint8Array, pattern: RegExp): FoundId[] {
  const searched = body.subarray(Math.max(0, body.length - SEARCHED_BYTES));
  const places = placesIn(latin1Of(searched), pattern).sort((a, b) => b.keyEnd - a.keyEnd);
  return places.flatMap(({ key, keyEnd }) => {
    return idsAfter(searched, keyEnd).map((id) => ({ key, id }));
  });
}

/** The ids that a value holds: a string is one, a list has some, an object may have one as `id`. */
export function idsAt(bytes: Uint8Array): string[] {
  if (bytes.length > MAX_VALUE_BYTES) return [];
  const value = jsonOf(bytes);
  const held = Array.isArray(value) ? value : [idOf(value)];
  return held.filter(isId);
}

/** The value that the bytes are; undefined when `JSON.parse` or UTF-8 does not allow it. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** Whether it may be an id or a signature: printable, and neither empty nor a word or two. */
function isId(value: unknown): value is string {
  return typeof value === "string" && value.length >= SHORTEST_ID && ID_CHARACTERS.test(value);
}

interface Place {
  readonly key: string;
  readonly keyEnd: number;
}

/** The last places of each key. */
function placesIn(text: string, pattern: RegExp): Place[] {
  const byKey = new Map<string, Place[]>();
  for (const { 0: { length }, 1: key = "", index } of text.matchAll(pattern)) {
    if (text[index - 1] !== '"') continue;
    const places = byKey.get(key) ?? [];
    if (places.push({ key, keyEnd: index + length }) > MOST_PLACES) places.shift();
    byKey.set(key, places);
  }
  return [...byKey.values()].flat();
}

/** A character for each byte. */
export function latin1Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

function idsAfter(bytes: Uint8Array, keyEnd: number): string[] {
  const start = skipColon(bytes, keyEnd);
  const end = start < 0 ? start : skipValue(bytes, start);
  return end < 0 ? [] : idsAt(bytes.subarray(start, end));
}

function idOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "id" in value ? value.id : value;
}
