/** What was decided about an attempt, in words: what follows in its request, and what cools for how long. */
import { lengthWords } from "../policy/cooldown_length.ts";
import type { PassedOver } from "../policy/exhausted.ts";
import { ruleOf } from "../policy/rules.ts";
import type { HealthChange } from "../state/health.ts";
import type { AttemptRecord } from "./attempt_record.ts";
import type { LateRecord } from "./entry_ending.ts";
import type { NextStep } from "./next_step.ts";
import { plainStart } from "./plain_text.ts";

/**
 * `fallback to provider-b (claude-x); the route cools for 300 s, set by cooldown_seconds`. A drill is named where the
 * backend was not asked.
 */
export function decisionWords(
  { verdict, change, drill, next }: Pick<AttemptRecord, "verdict" | "change" | "drill" | "next">,
): string {
  const action = verdict.action === "fallback" ? stepWords(next) : ACTION_WORDS[verdict.action];
  const acted = drill === undefined ? action : `${action} (drill)`;
  return [acted, changeWords(change)].filter(Boolean).join("; ");
}

const ACTION_WORDS = { relay: "passed on to the caller", abandon: "given up" } as const;

/** What follows a failed attempt; `failed` while nobody knows. */
function stepWords(next: NextStep): string {
  switch (next.kind) {
    case "unknown":
      return "failed";
    case "key":
      return next.key === "" ? "next key" : `next key: ${next.key.replace(/^key /, "")}`;
    case "route": {
      const how = next.isLastResort ? "fallback, as a last resort, to" : "fallback to";
      return `${how} ${next.backend} (${plainStart(next.model)})`;
    }
    case "none":
      return noRouteWords(next.passedOver);
  }
}

/** An alias may lead to hundreds of routes. */
const MOST_NAMED = 3;

function noRouteWords(passedOver: readonly PassedOver[]): string {
  if (passedOver.length === 0) return "no other route";
  const named = passedOver.slice(0, MOST_NAMED).map(passedOverWords);
  const more = passedOver.length - named.length;
  return `no other route: ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** `provider-b (claude-x): cooling for another 12 s after …`. */
export function passedOverWords({ backend, model, reason }: PassedOver): string {
  return `${backend} (${plainStart(model)}): ${reason}`;
}

/** `the route cools for 17 s, as Retry-After said`; empty where nothing changed. */
export function changeWords(change: HealthChange): string {
  if (change.kind === "recovered") return "the route is back in use";
  if (change.kind === "none") return "";
  const what = change.scope === "caller" ? "backend, for the caller's key," : change.scope;
  return `the ${what} cools for ${lengthWords(change.forMs, change.cooldown.why)}`;
}

/** `stream cut: the reply broke off …; the route cools for 300 s, set by cooldown_seconds`. */
export function lateWords({ row, reason, change }: LateRecord): string {
  return [judgedWords(row, reason), changeWords(change)].filter(Boolean).join("; ");
}

/** `error code: status 429, one of error_codes`: the rule that decided, and what it went by. */
export function judgedWords(row: number, reason: string): string {
  return `${ruleOf(row)}: ${reason}`;
}
