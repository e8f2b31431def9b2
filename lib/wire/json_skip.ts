/** The pieces of a JSON object, each passed over as a whole. */
import {
  COLON,
  fault,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipScalar,
  skipSpace,
  skipString,
} from "./json_token.ts";
import { JsonWalk } from "./json_walk.ts";

/** The end of the value at `start`, whatever it holds, or a fault. */
export function skipValue(body: Uint8Array, start: number): number {
  const byte = body[start];
  if (byte !== OPEN_BRACE && byte !== OPEN_BRACKET) return skipScalar(body, start);
  return new JsonWalk(body, start).advance() ?? fault(body.length);
}

/** The end of the key that must be at `at`, or a fault. */
export function skipKey(body: Uint8Array, at: number): number {
  return body[at] === QUOTE ? skipString(body, at) : fault(at);
}

/** From the end of a key over its colon to the start of its value, or a fault (one given too). */
export function skipColon(body: Uint8Array, keyEnd: number): number {
  if (keyEnd < 0) return keyEnd;
  const at = skipSpace(body, keyEnd);
  return body[at] === COLON ? skipSpace(body, at + 1) : fault(at);
}
