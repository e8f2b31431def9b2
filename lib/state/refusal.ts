/** Why a route may not be tried now. */
import type { Backend } from "../config/snapshot.ts";
import type { Cooldown } from "../policy/cooldown.ts";

export interface Refused {
  readonly kind: "refused";
  readonly cause: "cooling" | "probing" | "at_capacity" | "out_of_use";
  readonly reason: string;
  /** `Infinity` when only a person can say. */
  readonly retryAfterMs: number;
}

/** How long a caller is asked to wait for what frees itself any moment. */
const SOON_MS = 1000;

export const OUT_OF_USE: Refused = {
  kind: "refused",
  cause: "out_of_use",
  reason: "put out of use on the dashboard, until it is put back or the proxy restarts",
  retryAfterMs: Infinity,
};

export const PROBING: Refused = {
  kind: "refused",
  cause: "probing",
  reason: "its cooldown is over and another request is probing it",
  retryAfterMs: SOON_MS,
};

/** Of a route that is cooling: whoever comes second does not wait for what the first finds out. */
export const LAST_RESORT: Refused = {
  kind: "refused",
  cause: "probing",
  reason: "it is cooling, and another request is trying it all the same",
  retryAfterMs: SOON_MS,
};

export function atCapacity({ name, maxConcurrent }: Backend): Refused {
  const reason = `${name} has ${maxConcurrent} requests in flight, its max_concurrent`;
  return { kind: "refused", cause: "at_capacity", reason, retryAfterMs: SOON_MS };
}

export function cooling({ untilMs, reason }: Cooldown, nowMs: number): Refused {
  const retryAfterMs = untilMs - nowMs;
  const words = `cooling for another ${Math.ceil(retryAfterMs / 1000)} s after ${reason}`;
  return { kind: "refused", cause: "cooling", reason: words, retryAfterMs };
}
