/**
 * Finds ids under a key however deep it stands, without parsing the body: its text is searched for
 * the quoted key. Within a string a quote is escaped, so that what is found is a key.
 */
import { Buffer } from "node:buffer";
import type { Span } from "./json_string.ts";
import { skipColon, skipValue } from "./json_skip.ts";
import { fault } from "./json_token.ts";
import { atOnce, type Steps } from "./turns.ts";

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
  return atOnce(idsInSteps(body, pattern));
}

/** The same, with pauses. */
export function* idsInSteps(body: Uint8Array, pattern: RegExp): Steps<FoundId[]> {
  const searched = body.subarray(Math.max(0, body.length - SEARCHED_BYTES));
  const places = (yield* placesIn(searched, pattern)).sort((a, b) => b.keyEnd - a.keyEnd);
  const found: FoundId[] = [];
  let leftBytes = READ_BYTES;
  for (const { key, keyEnd } of places) {
    const { ids, bytes } = idsAfter(searched, keyEnd);
    for (const id of ids) found.push({ key, id });
    leftBytes -= bytes;
    if (leftBytes <= 0) break;
    yield;
  }
  return found;
}

/** How much of the values is read in all: they may hold one another, so that each is as large as the body. */
const READ_BYTES = 1024 * 1024;

/** Of a list of ids, the first so many count. */
const MOST_IDS = 100;

/** The ids that a value holds: a string is one, a list has some, an object may have one as `id`. */
export function idsAt(bytes: Uint8Array): string[] {
  if (bytes.length > MAX_VALUE_BYTES) return [];
  const value = jsonOf(bytes);
  const held = Array.isArray(value) ? value : [idOf(value)];
  return held.filter(isId).slice(0, MOST_IDS);
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

/** The last places of each key, looked for from the end on, a window at a time. */
function* placesIn(bytes: Uint8Array, pattern: RegExp): Steps<Place[]> {
  const byKey = new Map<string, Place[]>();
  for (let end = bytes.length; end > 0; end -= WINDOW_BYTES) {
    const start = Math.max(0, end - WINDOW_BYTES);
    for (const place of placesWithin(bytes, { start, end }, pattern)) {
      const places = byKey.get(place.key) ?? [];
      if (places.length < MOST_PLACES) places.push(place);
      byKey.set(place.key, places);
    }
    if (start > 0) yield;
  }
  return [...byKey.values()].flat();
}

const WINDOW_BYTES = 256 * 1024;

/** More than a key takes with its quotes. */
const LONGEST_KEY_BYTES = 64;

/** The places of which the key ends in this window, the last one first. */
function placesWithin(bytes: Uint8Array, { start, end }: Span, pattern: RegExp): Place[] {
  const from = Math.max(0, start - LONGEST_KEY_BYTES);
  const text = latin1Of(bytes.subarray(from, end));
  const places: Place[] = [];
  for (const { 0: { length }, 1: key = "", index } of text.matchAll(pattern)) {
    const keyEnd = from + index + length;
    if (text[index - 1] === '"' && keyEnd > start) places.push({ key, keyEnd });
  }
  return places.reverse();
}

/** A character for each byte. */
export function latin1Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** The ids of the value after a key, and how much was read for them. */
function idsAfter(
  bytes: Uint8Array,
  keyEnd: number,
): { readonly ids: readonly string[]; readonly bytes: number } {
  const near = bytes.subarray(keyEnd, keyEnd + MAX_VALUE_BYTES + LONGEST_KEY_BYTES);
  const start = skipColon(near, 0);
  const end = start < 0 ? start : skipValue(near, start);
  if (end < 0) return { ids: [], bytes: fault(end) };
  return { ids: idsAt(near.subarray(start, end)), bytes: end };
}

function idOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "id" in value ? value.id : value;
}
