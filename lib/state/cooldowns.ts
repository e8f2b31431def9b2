/** The cooldowns in force, and those that are over and not yet cleared by an answer. */
import type { FallbackSettings } from "../config/snapshot.ts";
import { type Cooldown, type CooledFailure, nextCooldown } from "../policy/cooldown.ts";
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
  readonly #cooldowns = new Map<Subject, Cooldown>();

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
    this.#cooldowns.delete(subject);
    this.#cooldowns.set(subject, cooldown);
    if (this.#cooldowns.size > MOST_COOLDOWNS) this.#forgetOldest();
    return { subject, cooldown };
  }

  /** Ends a cooldown that had begun by the time an attempt started; whether there was one. */
  clear(subject: Subject, attemptStartedAtMs: number): boolean {
    const cooldown = this.#cooldowns.get(subject);
    if (cooldown === undefined || cooldown.startedAtMs > attemptStartedAtMs) return false;
    return this.#cooldowns.delete(subject);
  }

  all(): readonly Cooled[] {
    return [...this.#cooldowns].map(([subject, cooldown]) => ({ subject, cooldown }));
  }

  /** Shortens a cooldown that nothing has changed since; whether it did. */
  ease({ subject, cooldown }: Cooled, mostMs: number): boolean {
    if (cooldown.lengthMs <= mostMs || this.#cooldowns.get(subject) !== cooldown) return false;
    const untilMs = cooldown.startedAtMs + mostMs;
    this.#cooldowns.set(subject, { ...cooldown, untilMs, lengthMs: mostMs });
    return true;
  }

  /** Forgets all others. */
  retain(kept: ReadonlySet<Subject>): void {
    for (const subject of this.#cooldowns.keys()) {
      if (!kept.has(subject)) this.#cooldowns.delete(subject);
    }
  }

  #forgetOldest(): void {
    for (const oldest of this.#cooldowns.keys()) {
      this.#cooldowns.delete(oldest);
      return;
    }
  }
}
