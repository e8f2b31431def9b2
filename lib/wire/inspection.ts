/** What a look at the start of a 2xx body showed, while nothing of it had gone to the caller. */
export type Inspection =
  /** Nothing speaks against it, or it was not looked at. */
  | { readonly kind: "passed" }
  | { readonly kind: "alive" }
  /** JSON that reports an error and holds no result. */
  | { readonly kind: "error_body" }
  /** Not what was promised: `an HTML page`, `an empty body`. */
  | { readonly kind: "wrong_kind"; readonly what: string }
  /** JSON that broke off. */
  | { readonly kind: "cut_short"; readonly detail: string }
  /** A complete error event before any content. */
  | { readonly kind: "error_event" }
  | { readonly kind: "malformed_event"; readonly what: string }
  /** A stream that was over before its first content. */
  | { readonly kind: "ended_early"; readonly detail: string }
  | { readonly kind: "no_content"; readonly waitedMs: number };

/** A stream that has shown no content yet, but that it lives: it is committed, because its caller has waited long. */
export const ALIVE: Inspection = { kind: "alive" };

export const PASSED: Inspection = { kind: "passed" };
