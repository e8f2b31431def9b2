/** The members of a JSON object that somebody asked for, read one by one. */
import { idsAt } from "./ids_under.ts";
import { scanTopLevel } from "./json_scan.ts";
import { type Span, stringAt } from "./json_string.ts";
import type { WantedKeys } from "./wanted_keys.ts";

/** Where keys of an object have their values. Of duplicates the last decides, as for `JSON.parse`. */
export type Members = ReadonlyMap<string, readonly Span[]>;

/** These members of the object that the bytes are; none where they are none. */
export function membersOf(object: Uint8Array, keys: WantedKeys): Members {
  const scan = scanTopLevel(object, keys);
  return scan.kind === "object" ? scan.members : new Map();
}

/** The bytes of a member's value; undefined when it has none. */
export function valueIn(
  object: Uint8Array,
  members: Members,
  key: string,
): Uint8Array | undefined {
  const span = members.get(key)?.at(-1);
  return span === undefined ? undefined : object.subarray(span.start, span.end);
}

/** A member that is a string; undefined when it is something else. */
export function stringIn(object: Uint8Array, members: Members, key: string): string | undefined {
  const value = valueIn(object, members, key);
  return value === undefined ? undefined : stringAt(value, { start: 0, end: value.length });
}

/** The ids that a member holds, as `idsAt()` reads them. */
export function idsIn(object: Uint8Array, members: Members, key: string): string[] {
  const value = valueIn(object, members, key);
  return value === undefined ? [] : idsAt(value);
}
