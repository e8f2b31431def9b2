/** What one of several keys of a backend is called in records: as much of it as a mask shows. */
import type { Backend } from "../config/snapshot.ts";
import { maskSecret } from "./mask_secret.ts";

/** By the backend's keys, which are the same object for as long as its configuration is in force. */
const NAMES = new WeakMap<readonly string[], readonly string[]>();

/**
 * `key …a3f2`; `key 2 of 3` where a mask would show nothing of it, or where two end alike. Empty where there is
 * no choice of keys.
 */
export function keyName(
  { auth, keys }: Pick<Backend, "auth" | "keys">,
  key: string | undefined,
): string {
  if (auth === "passthrough" || key === undefined || keys.length < 2) return "";
  let names = NAMES.get(keys);
  if (names === undefined) {
    names = namesOf(keys);
    NAMES.set(keys, names);
  }
  return names[keys.indexOf(key)] ?? "";
}

function namesOf(keys: readonly string[]): readonly string[] {
  const tails = keys.map(tailOf);
  return tails.map((tail, index) => {
    const isClear = tail !== "" && tails.indexOf(tail) === tails.lastIndexOf(tail);
    return isClear ? `key …${tail}` : `key ${index + 1} of ${keys.length}`;
  });
}

/** What stands behind the mask: nothing of a short key. */
function tailOf(key: string): string {
  return maskSecret(key).split("****").at(-1) ?? "";
}
