/** What follows a failed attempt, within its request. */
import type { PassedOver } from "../policy/exhausted.ts";
import type { Ticket } from "../state/health.ts";
import type { AttemptRecord } from "./attempt_record.ts";
import { keyName } from "./key_names.ts";

export type NextStep =
  /** It is not decided yet, or the attempt did not fail. */
  | { readonly kind: "unknown" }
  /** Another route: a fallback. */
  | {
    readonly kind: "route";
    readonly backend: string;
    readonly model: string;
    readonly isLastResort: boolean;
  }
  /** Another key of the same backend. */
  | { readonly kind: "key"; readonly key: string }
  /** The request has failed; the routes that were passed over, if any. */
  | { readonly kind: "none"; readonly passedOver: readonly PassedOver[] };

export const UNKNOWN_STEP: NextStep = { kind: "unknown" };

/** The step from a failed attempt to the one that this ticket is for. */
export function stepTo({ route, key, kind }: Ticket, failed: AttemptRecord): NextStep {
  const { backend, model } = route;
  if (isSameRoute(failed, { backend: backend.name, model })) {
    return { kind: "key", key: keyName(backend, key) };
  }
  return { kind: "route", backend: backend.name, model, isLastResort: kind === "last_resort" };
}

type Tried = Pick<AttemptRecord, "backend" | "model">;

/** How often another route was tried after one had failed; another key of a backend's is none. */
export function fallbacksIn(attempts: readonly Tried[]): number {
  return attempts.filter((attempt, index) => {
    const before = attempts[index - 1];
    return before !== undefined && !isSameRoute(before, attempt);
  }).length;
}

/** Whether two attempts were made on the same model of the same backend. */
export function isSameRoute(one: Tried, other: Tried): boolean {
  return one.backend === other.backend && one.model === other.model;
}
