/** Stands for a prompt or an id wherever it is remembered: nobody can read it back. */
import { createHash } from "node:crypto";

/** 22 characters of base64url, which are 16 bytes and 4 bits of the SHA-256. */
const DIGEST_CHARACTERS = 22;

/** The same for the same kind and value, in every process; of different kinds never the same. */
export function digestOf(kind: string, value: string | Uint8Array): string {
  const hash = createHash("sha256").update(`${kind}\0`).update(value);
  return hash.digest("base64url").slice(0, DIGEST_CHARACTERS);
}
