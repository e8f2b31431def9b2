/** The door: who comes in, as whom, and without the key that only we are to see. */
import type { KnownCaller, Snapshot } from "./config/snapshot.ts";
import type { Problem } from "./dialect/dialect.ts";
import { isGreeting } from "./own_endpoints.ts";
import { refusedAtTheDoor } from "./policy/admittance.ts";
import { unknownCaller } from "./policy/allowance.ts";
import type { State } from "./state/state.ts";
import { type CredentialPlace, type Presented, presentedIn } from "./wire/credentials.ts";
import type { Incoming } from "./wire/incoming.ts";
import { pathOf } from "./wire/receive.ts";

/** Who calls, as far as anybody needs to say. */
export interface Introduction {
  readonly caller: KnownCaller | undefined;
  /** Where its key stood; undefined where none was needed. */
  readonly keyPlace: CredentialPlace | undefined;
}

/** A request let in; everything behind the door gets it without its caller's key. */
export interface Visit extends Introduction {
  readonly kind: "visit";
  readonly incoming: Incoming;
}

/** Each is compared with every key, so that a head full of them must not cost more than one with a few. */
const MOST_CREDENTIALS = 16;

export interface TurnedAway {
  readonly kind: "turned_away";
  readonly problem: Problem;
  /** The keys that were presented, where it is for them. */
  readonly presented: readonly Presented[];
}

export type Entrance = Visit | TurnedAway;

/** Lets a request in, or says why not. */
export function enter(
  incoming: Incoming,
  { snapshot, state }: { readonly snapshot: Snapshot; readonly state: State },
): Entrance {
  const problem = refusedAtTheDoor(incoming, snapshot);
  if (problem !== undefined) return { kind: "turned_away", problem, presented: [] };
  const { callers = [] } = snapshot;
  const { method, target } = incoming;
  if (callers.length === 0 || isGreeting({ method, path: pathOf(target) })) {
    return { kind: "visit", incoming, caller: undefined, keyPlace: undefined };
  }
  const presented = presentedIn(incoming).slice(0, MOST_CREDENTIALS);
  const known = presented.flatMap(({ place, credential }) => {
    const caller = state.callerKeys.whose(credential, callers);
    return caller === undefined ? [] : [{ caller, keyPlace: place }];
  });
  const [first] = known;
  if (first === undefined) {
    return { kind: "turned_away", problem: unknownCaller(presented.length > 0), presented };
  }
  const without = state.callerKeys.leftOut(incoming, callers);
  return { kind: "visit", incoming: { ...incoming, ...without }, ...first };
}
