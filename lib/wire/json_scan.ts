/** Where the top-level keys of a JSON body have their values, found without parsing it. */
import { JsonWalk, type MemberSink } from "./json_walk.ts";
import type { Span } from "./json_string.ts";
import { fault, OPEN_BRACE, skipSpace } from "./json_token.ts";
import { atOnce, SLICE_BYTES, type Steps } from "./turns.ts";
import { type WantedKeys, wantedName } from "./wanted_keys.ts";

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

function byteOrderMarkBytes(body: Uint8Array): number {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
}
