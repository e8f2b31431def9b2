import type { Fault } from "./place.ts";

/** What a check across several values found. */
export interface Findings {
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
}
