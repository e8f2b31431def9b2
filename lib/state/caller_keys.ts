/** Whose key a credential is, without telling anybody by the time it takes. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { KnownCaller } from "../config/snapshot.ts";
import { CallersKeySet } from "../wire/caller_key.ts";
import type { Carrier } from "../wire/credentials.ts";

type Digest = ReturnType<typeof digestOf>;

export class CallerKeys {
  /** So that nobody can choose a credential by its digest. */
  readonly #salt = randomBytes(32);
  #callers: readonly KnownCaller[] = [];
  #digests: readonly Digest[] = [];
  #keys = new CallersKeySet([]);

  /** The caller with this key. Every key is compared to its end, whichever matches. */
  whose(credential: string, callers: readonly KnownCaller[]): KnownCaller | undefined {
    const presented = digestOf(credential, this.#salt);
    let found: KnownCaller | undefined;
    this.#prepare(callers);
    for (const [index, digest] of this.#digests.entries()) {
      if (timingSafeEqual(digest, presented)) found = callers[index];
    }
    return found;
  }

  /** The request without the key of any of them, the one that calls or another. */
  leftOut(carrier: Carrier, callers: readonly KnownCaller[]): Carrier {
    this.#prepare(callers);
    return this.#keys.leftOut(carrier);
  }

  #prepare(callers: readonly KnownCaller[]): void {
    if (callers === this.#callers) return;
    this.#callers = callers;
    this.#digests = callers.map(({ key }) => digestOf(key, this.#salt));
    this.#keys = new CallersKeySet(callers.map(({ key }) => key));
  }
}

/** All of one length, however long what they stand for. */
function digestOf(text: string, salt: Uint8Array) {
  return createHash("sha256").update(salt).update(text).digest();
}
