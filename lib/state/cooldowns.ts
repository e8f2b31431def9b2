/** The cooldowns in force, and those that are over and not yet cleared by an answer. */
import type { FallbackSettings } from "../config/snapshot.ts";
import { FAILED_ALIKE } from "../policy/cooldown_length.ts";
import { type Cooldown, type CooledFailure, nextCooldown } from "../policy/cooldown.ts";
import { RecentMap } from "./recent_map.ts";
import type { Shared } from "./shared.ts";
import { isCallersOwn, type Subject } from "./subjects.ts";

/** A cooldown that a failure began, or made another. */
export interface Cooled {
  readonly subject: Subject;
  readonly cooldown: Cooldown;
}

/** A default backend makes a route of every model's name that callers think of; keys can be made up, too. */
const MOST_OF_CALLERS = 10_000;

export class Cooldowns {
  /** Of what is configured, which bounds their number. The one that began longest ago first. */
  readonly #configured: RecentMap<Cooldown>;
  /** Of what callers can invent: however many, they push out none of the others. */
  readonly #ofCallers: RecentMap<Cooldown>;

  constructor({ shared, name }: { readonly shared: Shared | undefined; readonly name: string }) {
    this.#configured = new RecentMap(Infinity, { shared, name });
    this.#ofCallers = new RecentMap(MOST_OF_CALLERS, { shared, name: `${name} of callers` });
  }

  get isEmpty(): boolean {
    return this.#configured.size === 0 && !this.hasOfCallers;
  }

  /** Whether there is one of something that callers can invent. */
  get hasOfCallers(): boolean {
    return this.#ofCallers.size > 0;
  }

  get(subject: Subject): Cooldown | undefined {
    return this.#mapOf(subject).get(subject);
  }

  has(subject: Subject): boolean {
    return this.#mapOf(subject).has(subject);
  }

  /** Undefined where the failure changes nothing. */
  cool(subject: Subject, failure: CooledFailure, settings: FallbackSettings): Cooled | undefined {
    const last = this.get(subject);
    const cooldown = nextCooldown(last, failure, settings);
    if (cooldown === undefined || cooldown === last) return undefined;
    this.#mapOf(subject).set(subject, cooldown);
    return { subject, cooldown };
  }

  /** An attempt under a cooldown has failed, and changed nothing else of it. */
  tried(subject: Subject, triedAtMs: number): void {
    const cooldown = this.get(subject);
    if (cooldown !== undefined) this.#mapOf(subject).put(subject, { ...cooldown, triedAtMs });
  }

  /** Ends a cooldown that had begun by the time an attempt started; whether there was one. */
  clear(subject: Subject, attemptStartedAtMs: number): boolean {
    const cooldown = this.get(subject);
    if (cooldown === undefined || cooldown.startedAtMs > attemptStartedAtMs) return false;
    return this.#mapOf(subject).delete(subject);
  }

  all(): readonly Cooled[] {
    return [...this.#configured.entries(), ...this.#ofCallers.entries()]
      .map(([subject, cooldown]) => ({ subject, cooldown }));
  }

  /** Shortens a cooldown that nothing has changed since; whether it did. */
  ease({ subject, cooldown }: Cooled, mostMs: number): boolean {
    const now = this.get(subject);
    if (now === undefined || cooldown.lengthMs <= mostMs || !isSame(now, cooldown)) return false;
    const untilMs = now.startedAtMs + mostMs;
    this.#mapOf(subject).put(subject, { ...now, untilMs, lengthMs: mostMs, why: FAILED_ALIKE });
    return true;
  }

  /** Forgets all others. */
  retain(isKept: (subject: Subject) => boolean): void {
    for (const map of [this.#configured, this.#ofCallers]) {
      map.retain((_, subject) => isKept(subject));
    }
  }

  /** What other loops do to them is not followed any more. */
  leave(): void {
    this.#configured.leave();
    this.#ofCallers.leave();
  }

  #mapOf(subject: Subject): RecentMap<Cooldown> {
    return isCallersOwn(subject) ? this.#ofCallers : this.#configured;
  }
}

/** Whenever they were tried, and by what they say: another loop's is never the same object. */
function isSame(one: Cooldown, other: Cooldown): boolean {
  return one.startedAtMs === other.startedAtMs && one.untilMs === other.untilMs &&
    one.doublings === other.doublings && one.row === other.row && one.reason === other.reason;
}
