/** What an attempt shows of its route, and what that changes. */
import type { Hint } from "../policy/cooldown_length.ts";
import type { Scope } from "../policy/judge.ts";
import type { Cooled } from "./cooldowns.ts";

/** What an attempt showed of its route. */
export type Finding =
  | { readonly kind: "answered" }
  | { readonly kind: "nothing" }
  | {
    readonly kind: "failed";
    readonly cool: Scope;
    /** The row of the table of failures that decided. */
    readonly row: number;
    readonly reason: string;
    /** How long the backend asked for, clamped; undefined when it did not say. */
    readonly hint: Hint | undefined;
    /** Whether only a person can mend it: a refused key, an account without money. */
    readonly isLasting: boolean;
  };

/** What a finding changed. */
export type HealthChange =
  | { readonly kind: "none" }
  | { readonly kind: "recovered" }
  | ({ readonly kind: "cooled"; readonly scope: Scope; readonly forMs: number } & Cooled);

export const UNCHANGED: HealthChange = { kind: "none" };
