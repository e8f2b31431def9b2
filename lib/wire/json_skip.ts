/** The pieces of a JSON object, each passed over as a whole. */
import { COLON, fault, QUOTE, skipSpace, skipWord } from "./json_token.ts";
import { JsonWalk } from "./json_walk.ts";
import type { StringEnds } from "./string_ends.ts";

/** The end of the value at `start`, whatever it holds, or a fault. */
export function skipValue(body: Uint8Array, start: number): number {
  return new JsonWalk(body, start).advance() ?? fault(body.length);
}

/** The end of the string, number or literal at `at`, or a fault. */
export function skipScalar(body: Uint8Array, at: number, ends: StringEnds): number {
  return body[at] === QUOTE ? skipKey(body, at, ends) : skipWord(body, at);
}

/** The end of the key that must be at `at`, or a fault. */
export function skipKey(body: Uint8Array, at: number, ends: StringEnds): number {
  if (body[at] !== QUOTE) return fault(at);
  const end = ends.after(at + 1, body.length);
  return end < 0 ? fault(body.length) : end;
}

/** From the end of a key over its colon to the start of its value, or a fault (one given too). */
export function skipColon(body: Uint8Array, keyEnd: number): number {
  if (keyEnd < 0) return keyEnd;
  const at = skipSpace(body, keyEnd);
  return body[at] === COLON ? skipSpace(body, at + 1) : fault(at);
}
