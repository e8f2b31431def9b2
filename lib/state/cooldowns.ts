/** The cooldowns in force, and those that are over and not yet cleared by an answer. */
import type { FallbackSettings } from "../config/snapshot.ts";
import { type Cooldown, type CooledFailure, nextCooldown } from "../policy/cooldown.ts";
import { RecentMap } from "./recent_map.ts";
import type { Shared } from "./shared.ts";
import type { Subject } from "./subjects.ts";

/** A cooldown that a failure began, or made another. */
export interface Cooled {
  readonly subject: Subject;
  readonly cooldown: Cooldown;
}

/** A default backend makes a route of every model's name that callers think of. */
const MOST_COOLDOWNS = 10_000;

export class Cooldowns {
  /** The one that began longest ago first. */
  readonly #cooldowns: RecentMap<Cooldown>;

  constructor({ shared, name }: { readonly shared: Shared | undefined; readonly name: string }) {
    this.#cooldowns = new RecentMap(MOST_COOLDOWNS, { shared, name });
  }

  get isEmpty(): boolean {
    return this.#cooldowns.size === 0;
  }

  get(subject: Subject): Cooldown | undefined {
    return this.#cooldowns.get(subject);
  }

  has(subject: Subject): boolean {
    return this.#cooldowns.has(subject);
  }

  /** Undefined where the failure changes nothing. */
  cool(subject: Subject, failure: CooledFailure, settings: FallbackSettings): Cooled | undefined {
    const last = this.#cooldowns.get(subject);
    const cooldown = nextCooldown(last, failure, settings);
    if (cooldown === undefined || cooldown === last) return undefined;
    this.#cooldowns.set(subject, cooldown);
    return { subject, cooldown };
  }

  /** An attempt under a cooldown has failed, and changed nothing else of it. */
  tried(subject: Subject, triedAtMs: number): void {
    const cooldown = this.#cooldowns.get(subject);
    if (cooldown !== undefined) this.#cooldowns.put(subject, { ...cooldown, triedAtMs });
  }

  /** Ends a cooldown that had begun by the time an attempt started; whether there was one. */
  clear(subject: Subject, attemptStartedAtMs: number): boolean {
    const cooldown = this.#cooldowns.get(subject);
    if (cooldown === undefined || cooldown.startedAtMs > attemptStartedAtMs) return false;
    return this.#cooldowns.delete(subject);
  }

  all(): readonly Cooled[] {
    return [...this.#cooldowns.entries()].map(([subject, cooldown]) => ({ subject, cooldown }));
  }

  /** Shortens a cooldown that nothing has changed since; whether it did. */
  ease({ subject, cooldown }: Cooled, mostMs: number): boolean {
    const now = this.#cooldowns.get(subject);
    if (now === undefined || cooldown.lengthMs <= mostMs || !isSame(now, cooldown)) return false;
    const untilMs = now.startedAtMs + mostMs;
    this.#cooldowns.put(subject, { ...now, untilMs, lengthMs: mostMs });
    return true;
  }

  /** Forgets all others. */
  retain(kept: ReadonlySet<Subject>): void {
    this.#cooldowns.retain((_, subject) => kept.has(subject));
  }

  /** What other loops do to them is not followed any more. */
  leave(): void {
    this.#cooldowns.leave();
  }
}

/** Whenever they were tried, and by what they say: another loop's is never the same object. */
function isSame(one: Cooldown, other: Cooldown): boolean {
  return one.startedAtMs === other.startedAtMs && one.untilMs === other.untilMs &&
    one.doublings === other.doublings && one.row === other.row && one.reason === other.reason;
}
