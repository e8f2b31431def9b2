/** How much memory a record keeps alive, which bounds the queue of those that wait to be written. */
import { headerBytes } from "../wire/headers.ts";
import type { Entry } from "./entry.ts";

/** Roughly: what was captured of bodies, and the heads, which may be large too. */
export function recordBytes({ arrival, attempts, requestBody, response }: Entry): number {
  const errors = attempts.reduce((sum, { errorBody }) => sum + errorBody.keptBytes, 0);
  const heads = headerBytes(arrival.headers) + headerBytes(response?.headers ?? []);
  return heads + errors + (requestBody?.keptBytes ?? 0) + (response?.body.keptBytes ?? 0);
}
