/** The values of parameters in a query, or in a body that is written like one. */
import { Buffer } from "node:buffer";
import { MOST_REPEATS } from "./json_scan.ts";
import type { Span } from "./json_string.ts";
import { LONGEST_NAME_BYTES } from "./model_place.ts";
import { atOnce, type Steps } from "./turns.ts";

export interface UrlValue {
  /** As it is asked for. */
  readonly name: string;
  /** Characters of the text, or bytes of the body. */
  readonly span: Span;
  /** Decoded; undefined where it is too long to be anybody's name. */
  readonly value: string | undefined;
}

/** Every character of a name may be written in three. */
const LONGEST_SPELLING = 3;

/**
 * The values of the parameters of these names, in the order written, read as browsers and servers read
 * them: `+` is a space, and what is no percent-encoding stands for itself.
 * https://url.spec.whatwg.org/#urlencoded-parsing
 *
 * @param text one character a byte
 * @param start where the first parameter begins
 * @param names in ASCII
 */
export function urlValues(text: string, start: number, names: readonly string[]): UrlValue[] {
  return atOnce(urlValuesIn(Buffer.from(text.slice(start), "latin1"), names)).map((found) => ({
    ...found,
    span: { start: start + found.span.start, end: start + found.span.end },
  }));
}

/** Parameters of one byte each cost more than other bytes do. */
const PAUSED_BYTES = 128 * 1024;

/** The same of bytes, with pauses. Of a name that is repeated more often than `MOST_REPEATS`, the last counts. */
export function* urlValuesIn(bytes: Uint8Array, names: readonly string[]): Steps<UrlValue[]> {
  const longest = LONGEST_SPELLING * Math.max(...names.map(({ length }) => length));
  const found = new Places();
  let pausedAt = 0;
  for (let at = 0, end = 0; at <= bytes.length; at = end + 1) {
    const equals = equalsIn(bytes, at, Math.min(bytes.length, at + longest + 1));
    end = endOfParameter(bytes, equals < 0 ? at : equals);
    const name = equals > at && equals < end
      ? names.find((each) => isSpelt(each, bytes, { start: at, end: equals }))
      : undefined;
    if (name !== undefined) found.add(name, { start: equals + 1, end });
    if (end - pausedAt < PAUSED_BYTES) continue;
    pausedAt = end;
    yield;
  }
  return yield* decoded(bytes, found.places);
}

type Found = Omit<UrlValue, "value">;

class Places {
  readonly places: Found[] = [];
  readonly #counts = new Map<string, { count: number; last: number }>();

  add(name: string, span: Span): void {
    const { count, last } = this.#counts.get(name) ?? { count: 0, last: 0 };
    const at = count < MOST_REPEATS ? this.places.length : last;
    this.places[at] = { name, span };
    this.#counts.set(name, { count: count + 1, last: at });
  }
}

/** So many values are decoded in some milliseconds. */
const DECODED_AT_ONCE = 256;

function* decoded(bytes: Uint8Array, places: readonly Found[]): Steps<UrlValue[]> {
  const values: UrlValue[] = [];
  for (const { name, span } of places) {
    const isLong = span.end - span.start > LONGEST_NAME_BYTES;
    values.push({ name, span, value: isLong ? undefined : urlDecoded(latin1(bytes, span)) });
    if (values.length % DECODED_AT_ONCE === 0) yield;
  }
  return values;
}

/** Where the first `=` stands before `end` and before the parameter's own end; -1 for nowhere. */
function equalsIn(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end && bytes[at] !== AMPERSAND; at++) {
    if (bytes[at] === EQUALS) return at;
  }
  return -1;
}

/** Below this distance a loop finds the end sooner than the native search. */
const NEAR_BYTES = 32;

function endOfParameter(bytes: Uint8Array, from: number): number {
  const near = Math.min(from + NEAR_BYTES, bytes.length);
  for (let at = from; at < near; at++) if (bytes[at] === AMPERSAND) return at;
  const found = bytes.indexOf(AMPERSAND, near);
  return found < 0 ? bytes.length : found;
}

/** Whether the bytes are that name, percent-encoded or not. */
function isSpelt(name: string, bytes: Uint8Array, { start, end }: Span): boolean {
  let at = start;
  for (let index = 0; index < name.length; index++) {
    const escaped = bytes[at] === PERCENT ? hexAt(bytes, at + 1) : -1;
    const byte = escaped >= 0 ? escaped : bytes[at] === PLUS ? SPACE : bytes[at];
    if (byte !== name.charCodeAt(index)) return false;
    at += escaped >= 0 ? LONGEST_SPELLING : 1;
  }
  return at === end;
}

/** The byte that two hexadecimal digits stand for; -1 where they are none. */
function hexAt(bytes: Uint8Array, at: number): number {
  const high = DIGITS.indexOf(bytes[at] ?? 0);
  const low = DIGITS.indexOf(bytes[at + 1] ?? 0);
  return high < 0 || low < 0 ? -1 : (high % 16) * 16 + low % 16;
}

function latin1(bytes: Uint8Array, { start, end }: Span): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1", start, end);
}

/** A name or value out of its encoding; `+` is a space. */
export function urlDecoded(written: string): string {
  return new URLSearchParams(`_=${escapedBytes(written)}`).get("_") ?? "";
}

/** Text of one character a byte as ASCII, for those who take a character for more than its byte. */
export function escapedBytes(text: string): string {
  return text.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
}

/** Upper-case letters stand 16 behind where they count; so do the digits, which are found before. */
const DIGITS = [...new TextEncoder().encode("0123456789abcdef0123456789ABCDEF")];
const SPACE = 0x20;
const PERCENT = 0x25;
const AMPERSAND = 0x26;
const PLUS = 0x2b;
const EQUALS = 0x3d;
