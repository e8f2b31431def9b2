/** Tells a machine that is short of descriptors from a backend that cannot be reached. */
import { hasDescriptors } from "../system/descriptors.ts";
import { codeOf, isShortage } from "../system/shortage.ts";
import { ExchangeError } from "../wire/exchange_error.ts";

export interface ScarcityOptions {
  readonly monotonicMs?: () => number;
  /** Whether so many descriptors are left. */
  readonly hasDescriptors?: (count: number) => boolean;
}

/**
 * What a connection that lacked a descriptor may be reported as: a look-up needs some for itself and
 * says that there is no such name, and Deno 2.4 calls whatever is in the way a refusal.
 */
const AMBIGUOUS: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EAI_NODATA",
  "EAI_NONAME",
  "EAI_SYSTEM",
]);

/** A look-up opens a few files and sockets at once; fewer left than that is none to speak of. */
const FOR_A_CONNECTION = 8;

/** Some may have become free between a failure and the look at it. */
const GOOD_FOR_MS = 1_000;

export class Scarcity {
  readonly #monotonicMs: () => number;
  readonly #hasDescriptors: (count: number) => boolean;
  #seenMs = -Infinity;

  constructor(options: ScarcityOptions = {}) {
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.#hasDescriptors = options.hasDescriptors ?? hasDescriptors;
  }

  /** Why a connection was not made: as it was reported, or our own shortage where that is behind it. */
  explained(cause: unknown): unknown {
    const isOurs = isShortage(cause) || (AMBIGUOUS.has(codeOf(cause)) && this.#isShort());
    if (!isOurs) return cause;
    this.#seenMs = this.#monotonicMs();
    const why = cause instanceof Error ? cause.message : String(cause);
    return new ExchangeError("OWN_SHORTAGE", why, { cause });
  }

  #isShort(): boolean {
    if (this.#monotonicMs() - this.#seenMs < GOOD_FOR_MS) return true;
    return !this.#hasDescriptors(FOR_A_CONNECTION);
  }
}
