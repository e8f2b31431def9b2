/** What is cooling, without the keys that some of it is kept under. */
import { lengthWords } from "../policy/cooldown_length.ts";
import { ruleOf } from "../policy/rules.ts";
import { maskSecret } from "../record/mask_secret.ts";
import type { Cooled } from "../state/cooldowns.ts";
import { keyDigest } from "../state/key_digest.ts";
import { isCallersOwn, placeOf, type Subject } from "../state/subjects.ts";
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
  /** The rule of docs/failures.md that decided. */
  readonly rule: string;
  readonly reason: string;
  /** How long it was set for, and why: `300 s, set by cooldown_seconds`. */
  readonly length: string;
  readonly lengthMs: number;
  /** 0 where it is over and the next request tries. */
  readonly remainingMs: number;
}

type ViewedFrom = Pick<AdminContext, "state" | "current">;

/** Of what callers can invent only so many are shown; each can be cleared by its name all the same. */
const MOST_OF_CALLERS = 200;

export interface Shown {
  readonly cooled: readonly Cooled[];
  /** How many more there are. */
  readonly left: number;
}

/** All of what is configured, and of what callers made up what began last. */
export function shownOf(all: readonly Cooled[]): Shown {
  const made = all.filter(({ subject }) => isCallersOwn(subject));
  const left = Math.max(0, made.length - MOST_OF_CALLERS);
  const hidden = new Set(made.slice(0, left));
  return { cooled: left === 0 ? all : all.filter((each) => !hidden.has(each)), left };
}

/** The one that ends first first; those that are over after all. And how many are not shown. */
export function cooldownViews({ state }: ViewedFrom): {
  readonly views: CooldownView[];
  readonly left: number;
} {
  const nowMs = state.clock.monotonicMs();
  const { cooled, left } = shownOf(state.health.cooldowns());
  const views = cooled.map((each) => viewOf(each, nowMs))
    .sort((a, b) => (a.remainingMs || Infinity) - (b.remainingMs || Infinity) || 0);
  return { views, left };
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
    rule: ruleOf(cooldown.row),
    reason: cooldown.reason,
    length: lengthWords(cooldown.lengthMs, cooldown.why),
    lengthMs: cooldown.lengthMs,
    remainingMs: Math.max(0, cooldown.untilMs - nowMs),
  };
}

function idOf(subject: Subject): string {
  const { scope, backend, rest } = placeOf(subject);
  return scope === "key" ? JSON.stringify([scope, backend, keyDigest(backend, rest)]) : subject;
}
