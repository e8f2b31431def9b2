/** Where in a configuration a credential may stand: nothing that is written there is shown, wrong as it may be. */
import type { Path } from "./problem.ts";

/** A header's value may be one; `token` and `key` are, or are put where one belongs. */
const SECRET_KEYS: ReadonlySet<PropertyKey> = new Set([
  "api_key",
  "clients",
  "headers",
  "key",
  "proxy",
  "token",
]);

/** Whether a value at this path, or below it, may be a credential. */
export function mayHoldSecret(path: Path): boolean {
  return path.some((step) => SECRET_KEYS.has(step));
}

/** The path with a header's name cut where a value may follow: `X-Token: value` written as the name. */
export function withoutSecrets(path: Path): Path {
  const from = path.indexOf("headers");
  if (from < 0) return path;
  return path.map((step, index) => {
    return index > from && typeof step === "string" ? step.replace(/[\s:=].*$/s, "…") : step;
  });
}
