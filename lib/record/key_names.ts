/** What one of several keys of a backend is called in records: as much of it as a mask shows. */
import type { Backend } from "../config/snapshot.ts";
import { maskSecret } from "./mask_secret.ts";

/**
 * `key …a3f2`; `key 2 of 3` where a mask would show nothing of it, or where another ends alike. Empty where there
 * is no choice of keys.
 */
export function keyName(
  { auth, keys }: Pick<Backend, "auth" | "keys">,
  key: string | undefined,
): string {
  if (auth === "passthrough" || key === undefined || keys.length < 2) return "";
  const tail = tailOf(key);
  const isClear = tail !== "" && !keys.some((other) => other !== key && other.endsWith(tail));
  return isClear ? `key …${tail}` : `key ${keys.indexOf(key) + 1} of ${keys.length}`;
}

/** What stands behind the mask: nothing of a short key. */
function tailOf(key: string): string {
  return maskSecret(key).split("****").at(-1) ?? "";
}
