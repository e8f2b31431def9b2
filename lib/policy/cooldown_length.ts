/** Why a cooldown is as long as it is: decided with its length, and worded here. */

/** Where a backend's reply says how long to leave it alone. */
export type HintSource = "retry_after_ms" | "retry_after" | "member" | "limit" | "message";

export type LengthReason =
  /** Nothing was asked for: `fallback.cooldown_seconds`. */
  | { readonly kind: "setting" }
  | {
    readonly kind: "asked";
    readonly by: HintSource;
    readonly askedMs: number;
    /** What our bounds made of it; `most` is `fallback.max_cooldown_seconds`. */
    readonly bound: "none" | "least" | "most";
  }
  /** An account without money that names no wait: `fallback.max_cooldown_seconds`. */
  | { readonly kind: "no_money" }
  | {
    readonly kind: "doubled";
    /** That many attempts have failed in a row, probes included. */
    readonly failures: number;
    readonly bound: "none" | "most";
  }
  /** Every attempt of one request failed alike, so that the request may be to blame. */
  | { readonly kind: "failed_alike" };

/** How long a backend asks to be left alone, within our bounds, and where it says so. */
export interface Hint {
  readonly ms: number;
  readonly why: LengthReason;
}

export const AS_SET: LengthReason = { kind: "setting" };
export const FAILED_ALIKE: LengthReason = { kind: "failed_alike" };

/** `17 s, as Retry-After said`; `300 s, set by cooldown_seconds`. */
export function lengthWords(lengthMs: number, why: LengthReason): string {
  return `${seconds(lengthMs)}${reasonWords(why)}`;
}

function reasonWords(why: LengthReason): string {
  switch (why.kind) {
    case "setting":
      return ", set by cooldown_seconds";
    case "asked":
      return askedWords(why);
    case "no_money":
      return ", set by max_cooldown_seconds for an account without money";
    case "doubled":
      return why.bound === "most"
        ? ` at most (max_cooldown_seconds), failure ${why.failures} in a row`
        : `, twice as long as before: failure ${why.failures} in a row`;
    case "failed_alike":
      return ": every attempt failed alike";
  }
}

function askedWords({ by, askedMs, bound }: LengthReason & { readonly kind: "asked" }): string {
  const asked = seconds(Math.max(0, askedMs));
  switch (bound) {
    case "none":
      return `, as ${SOURCE_WORDS[by]} said`;
    case "least":
      return ` at least, ${SOURCE_WORDS[by]} said ${asked}`;
    case "most":
      return ` at most (max_cooldown_seconds), ${SOURCE_WORDS[by]} said ${asked}`;
  }
}

const SOURCE_WORDS: Readonly<Record<HintSource, string>> = {
  retry_after_ms: "retry-after-ms",
  retry_after: "Retry-After",
  member: "the error",
  limit: "the reset of its limit",
  message: "the error's message",
};

/** `7 s`; tenths where it is under ten seconds. */
function seconds(ms: number): string {
  return `${ms < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / 1000)} s`;
}
