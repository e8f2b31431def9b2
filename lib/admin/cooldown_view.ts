/** What is cooling, without the keys that some of it is kept under. */
import { maskSecret } from "../record/mask_secret.ts";
import type { Cooled } from "../state/cooldowns.ts";
import { keyDigest } from "../state/key_digest.ts";
import { placeOf, type Subject } from "../state/subjects.ts";
import type { AdminContext } from "./context.ts";

export interface CooldownView {
  /** What to clear it by. No credential. */
  readonly id: string;
  readonly scope: "backend" | "route" | "key" | "caller";
  readonly backend: string;
  /** Empty but for a route. */
  readonly model: string;
  /** Masked; empty but for a key. */
  readonly key: string;
  readonly reason: string;
  readonly lengthMs: number;
  /** 0 where it is over and the next request tries. */
  readonly remainingMs: number;
}

type ViewedFrom = Pick<AdminContext, "state" | "current">;

/** The one that ends first first; those that are over after all. */
export function cooldownViews({ state }: ViewedFrom): CooldownView[] {
  const nowMs = state.clock.monotonicMs();
  return state.health.cooldowns().map((cooled) => viewOf(cooled, nowMs))
    .sort((a, b) => (a.remainingMs || Infinity) - (b.remainingMs || Infinity) || 0);
}

/** The subject of the cooldown with that id; undefined where it is over. */
export function subjectOfId(id: string, { state }: ViewedFrom): Subject | undefined {
  return state.health.cooldowns().find(({ subject }) => idOf(subject) === id)?.subject;
}

function viewOf({ subject, cooldown }: Cooled, nowMs: number): CooldownView {
  const { scope, backend, rest } = placeOf(subject);
  return {
    id: idOf(subject),
    scope,
    backend,
    model: scope === "route" ? rest : "",
    key: scope === "key" ? maskSecret(rest) : "",
    reason: cooldown.reason,
    lengthMs: cooldown.lengthMs,
    remainingMs: Math.max(0, cooldown.untilMs - nowMs),
  };
}

function idOf(subject: Subject): string {
  const { scope, backend, rest } = placeOf(subject);
  return scope === "key" ? JSON.stringify([scope, backend, keyDigest(backend, rest)]) : subject;
}
