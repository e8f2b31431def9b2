/** Leave to make an attempt. */
import type { Route } from "../config/snapshot.ts";
import type { AttemptKind, Phase } from "../policy/cooldown.ts";
import type { Drill } from "./drills.ts";
import type { Refused } from "./refusal.ts";

/** What stands for the key of the caller's that a backend gets to see; undefined where it sees none. */
export type CallerKey = () => string | undefined;

/** How an attempt comes to be made. */
export interface Admitting {
  /** Which keys of a pool come first, whoever's turn it is. Default none. */
  readonly prefers?: (key: string) => boolean;
  /** Default: it sees none. */
  readonly callerKey?: CallerKey;
}

/** Leave to make one attempt. It ends with `record()`; after an answer, with `ended()`. */
export interface Ticket {
  readonly route: Route;
  readonly kind: AttemptKind;
  /** The key to inject; undefined under `passthrough`. */
  readonly key: string | undefined;
  readonly callerKey: CallerKey;
  readonly startedAtMs: number;
  /** The drill that answers in the backend's place; only where there is one. */
  readonly drill?: Drill;
  /** Whether its attempt has shown nothing yet; only health.ts changes it. */
  pending?: boolean;
}

export type Admission = { readonly kind: "admitted"; readonly ticket: Ticket } | Refused;

export interface Look {
  readonly phase: Phase;
  readonly untilMs: number;
  readonly reason: string;
}
