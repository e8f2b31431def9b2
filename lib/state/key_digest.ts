/** Tells the keys of a pool apart without holding one. */
import { createHash } from "node:crypto";

/**
 * 24 bits: a pool's keys differ in them, while so many other texts share them that they confirm no
 * guess of a key, however short it is.
 */
const DIGEST_CHARACTERS = 4;

/** What stands for a backend's key in memory and in files. */
export function keyDigest(backend: string, key: string): string {
  const hash = createHash("sha256").update(JSON.stringify([backend, key]));
  return hash.digest("base64url").slice(0, DIGEST_CHARACTERS);
}
