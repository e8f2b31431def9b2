/** Whose key a credential is, without telling anybody by the time it takes. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { KnownCaller } from "../config/snapshot.ts";

type Digest = ReturnType<typeof digestOf>;

export class CallerKeys {
  /** So that nobody can choose a credential by its digest. */
  readonly #salt = randomBytes(32);
  #callers: readonly KnownCaller[] = [];
  #digests: readonly Digest[] = [];

  /** The caller with this key. Every key is compared to its end, whichever matches. */
  whose(credential: string, callers: readonly KnownCaller[]): KnownCaller | undefined {
    const presented = digestOf(credential, this.#salt);
    let found: KnownCaller | undefined;
    for (const [index, digest] of this.#digestsOf(callers).entries()) {
      if (timingSafeEqual(digest, presented)) found = callers[index];
    }
    return found;
  }

  #digestsOf(callers: readonly KnownCaller[]): readonly Digest[] {
    if (callers !== this.#callers) {
      this.#callers = callers;
      this.#digests = callers.map(({ key }) => digestOf(key, this.#salt));
    }
    return this.#digests;
  }
}

/** All of one length, however long what they stand for. */
function digestOf(text: string, salt: Uint8Array) {
  return createHash("sha256").update(salt).update(text).digest();
}
