/** The cooldowns of the running proxy, by names that can be typed, and how they are cleared. */
import type { Snapshot } from "../config/snapshot.ts";
import { lengthWords } from "../policy/cooldown_length.ts";
import { ruleOf } from "../policy/rules.ts";
import { maskSecret } from "../record/mask_secret.ts";
import type { Cooled } from "../state/cooldowns.ts";
import { placeOf, type Subject } from "../state/subjects.ts";
import { shownOf } from "./cooldown_view.ts";
import { type DrillView, drillView } from "./drill_call.ts";
import type { LiveAnswer, LiveContext } from "./live_routes.ts";
import { invalid, listed, membersOf, refused } from "./refused.ts";

export interface CooldownRow {
  /** `backend`, `backend/model`, or `backend#2` for the second key of its pool; `backend@x` for a caller's key. */
  readonly name: string;
  readonly scope: "backend" | "route" | "key" | "caller";
  /** Masked; empty but for a key. */
  readonly key: string;
  /** The rule of docs/failures.md that decided, and why in words. */
  readonly rule: string;
  readonly reason: string;
  /** How long it was set for, and why: `300 s, set by cooldown_seconds`. */
  readonly length: string;
  readonly since: string;
  readonly until: string;
  /** 0 where it is over and the next request is its probe. */
  readonly secondsLeft: number;
  /** How often in a row a failed probe doubled it. */
  readonly doublings: number;
  /** Whether a request under way is its probe. */
  readonly isProbing: boolean;
  /** Whether a drill began it: it goes when the drill does. */
  readonly isDrill: boolean;
}

export interface CooldownList {
  /** The one that ends first first. */
  readonly cooldowns: readonly CooldownRow[];
  /** Further ones, of models' names and keys that callers made up. */
  readonly more: number;
  readonly drills: readonly DrillView[];
}

export interface ClearedCooldowns {
  readonly cleared: readonly string[];
}

/** The cooldowns that no answer has ended yet (of callers' inventions the newest), and every drill. */
export function listCooldowns(context: LiveContext): CooldownList {
  const { health, drills } = context.state;
  const { cooled, left } = shownOf(health.cooldowns());
  const rows = cooled.map((each) => rowOf(each, context));
  return {
    cooldowns: rows.sort((a, b) => a.secondsLeft - b.secondsLeft),
    more: left,
    drills: drills.all().map((drill) => drillView(drill, context)),
  };
}

/** An answer names no more of them. */
const MOST_NAMED = 1_000;

/** `{ key }` of one, by its name in the listing; without it, all. */
export function clearCooldowns(body: unknown, { state, current }: LiveContext): LiveAnswer {
  const { key } = membersOf(body);
  if (key !== undefined && typeof key !== "string") return invalid('"key" must be a name.');
  const known = state.health.cooldowns().map(({ subject }) => {
    return { subject, name: nameOf(subject, current()) };
  });
  const chosen = key === undefined ? known : known.filter(({ name }) => name === key);
  if (key !== undefined && chosen.length === 0) {
    const names = listed(known.map(({ name }) => name));
    const message = `Nothing cools by the name ${JSON.stringify(key)}; there are: ${names}.`;
    return refused({ status: 404, code: "no_such_cooldown", message });
  }
  const cleared = chosen.filter(({ subject }) => state.health.clearCooldown(subject))
    .map(({ name }) => name);
  if (cleared.length > 0) state.log.info(`Cooldowns cleared by hand: ${listed(cleared)}.`);
  const answer: ClearedCooldowns = { cleared: cleared.slice(0, MOST_NAMED) };
  return { status: 200, body: answer };
}

function rowOf({ subject, cooldown }: Cooled, { state, current }: LiveContext): CooldownRow {
  const { health, clock } = state;
  const { scope, backend, rest } = placeOf(subject);
  const offsetMs = clock.now().getTime() - clock.monotonicMs();
  const leftMs = Math.max(0, cooldown.untilMs - clock.monotonicMs());
  return {
    name: nameOf(subject, current()),
    scope,
    key: scope === "key" ? maskSecret(rest) : "",
    rule: ruleOf(cooldown.row),
    reason: cooldown.reason,
    length: lengthWords(cooldown.lengthMs, cooldown.why),
    since: new Date(cooldown.startedAtMs + offsetMs).toISOString(),
    until: new Date(cooldown.untilMs + offsetMs).toISOString(),
    secondsLeft: Math.ceil(leftMs / 1000),
    doublings: cooldown.doublings,
    isProbing: health.isProbing(subject),
    isDrill: health.isDrilled({ name: backend }),
  };
}

function nameOf(subject: Subject, { backends }: Snapshot): string {
  const { scope, backend, rest } = placeOf(subject);
  if (scope === "backend") return backend;
  if (scope === "route") return `${backend}/${rest}`;
  if (scope === "caller") return `${backend}@${rest}`;
  return `${backend}#${(backends.get(backend)?.keys.indexOf(rest) ?? -1) + 1}`;
}
