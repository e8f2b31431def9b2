/** One account of health: the cooldowns, the probes under way, and whose turn it is in each pool. */
import type { Backend, FallbackSettings, Route } from "../config/snapshot.ts";
import { type Cooldown, phaseOf } from "../policy/cooldown.ts";
import { Cooldowns, type Cooled } from "./cooldowns.ts";
import type { Finding, Refused, Ticket } from "./health.ts";
import {
  backendSubject,
  keySubject,
  routeSubject,
  type Subject,
  subjectOf,
  subjectsOf,
} from "./subjects.ts";

/** How long a caller is asked to wait for what frees itself any moment. */
export const SOON_MS = 1000;

export class HealthBook {
  readonly cooldowns = new Cooldowns();
  /** Subjects with their one probe in flight. */
  readonly #probing = new Map<Subject, Ticket>();
  readonly #turns = new Map<string, number>();
  readonly #monotonicMs: () => number;

  constructor({ monotonicMs }: { readonly monotonicMs: () => number }) {
    this.#monotonicMs = monotonicMs;
  }

  /** Why a route may not be tried now; undefined where it may. Takes nobody's turn. */
  whyNot(route: Route): Refused | undefined {
    const { backend } = route;
    const refused = this.#whyNot(backendSubject(backend)) ?? this.#whyNot(routeSubject(route));
    if (refused !== undefined || backend.auth === "passthrough") return refused;
    if (backend.keys.some((key) => this.usable(backend, key))) return undefined;
    return this.#whyNot(keySubject(backend, this.soonestKey(backend)));
  }

  usable(backend: Backend, key: string): boolean {
    return this.#whyNot(keySubject(backend, key)) === undefined;
  }

  /** The pool's next key in turn that may be tried now, a preferred one first. */
  nextKey(backend: Backend, prefers: (key: string) => boolean): string | undefined {
    const turn = this.#turns.get(backend.name) ?? 0;
    const inTurn = [...backend.keys.slice(turn), ...backend.keys.slice(0, turn)];
    const usable = inTurn.filter((candidate) => this.usable(backend, candidate));
    const preferred = usable.find(prefers);
    if (preferred !== undefined) return preferred;
    const [key] = usable;
    if (key === undefined) return undefined;
    this.#turns.set(backend.name, (backend.keys.indexOf(key) + 1) % backend.keys.length);
    return key;
  }

  soonestKey(backend: Backend): string {
    const until = (key: string) => this.cooldowns.get(keySubject(backend, key))?.untilMs ?? 0;
    return backend.keys.reduce((best, key) => until(key) < until(best) ? key : best);
  }

  /** The longest of the cooldowns of a route, its backend, and its pool where no key is usable. */
  cooldownOf(route: Route): Cooldown | undefined {
    const { backend } = route;
    const subjects = [backendSubject(backend), ...this.#keysSubject(backend), routeSubject(route)];
    return longest(subjects.map((subject) => this.cooldowns.get(subject)));
  }

  /** What an attempt now would be the probe of. */
  halfOpen(route: Route, key: string | undefined): Subject[] {
    return subjectsOf(route, key).filter((subject) => this.cooldowns.has(subject));
  }

  /** Nobody else probes these until the ticket is settled. */
  probe(subjects: readonly Subject[], ticket: Ticket): void {
    for (const subject of subjects) this.#probing.set(subject, ticket);
  }

  isProbing(subject: Subject): boolean {
    return this.#probing.has(subject);
  }

  settle(ticket: Ticket): void {
    for (const [subject, prober] of this.#probing) {
      if (prober === ticket) this.#probing.delete(subject);
    }
  }

  /** An attempt was answered; whether that ended a cooldown. */
  recover(ticket: Ticket): boolean {
    let recovered = false;
    for (const subject of subjectsOf(ticket.route, ticket.key)) {
      recovered = this.cooldowns.clear(subject, ticket.startedAtMs) || recovered;
    }
    return recovered;
  }

  /** An attempt failed. Undefined where that changes nothing. */
  cool(
    ticket: Ticket,
    { cool, ...failure }: Finding & { kind: "failed" },
    settings: FallbackSettings,
  ): Cooled | undefined {
    const subject = subjectOf(cool, ticket);
    if (subject === undefined) return undefined;
    const attempt = { attempt: ticket.kind, attemptStartedAtMs: ticket.startedAtMs };
    const cooled = { ...failure, ...attempt, nowMs: this.#monotonicMs() };
    return this.cooldowns.cool(subject, cooled, settings);
  }

  #whyNot(subject: Subject): Refused | undefined {
    const now = this.#monotonicMs();
    const cooldown = this.cooldowns.get(subject);
    const phase = phaseOf(cooldown, now);
    if (cooldown === undefined || phase === "closed") return undefined;
    if (phase === "open") return cooling(cooldown, now);
    if (!this.#probing.has(subject)) return undefined;
    const reason = "its cooldown is over and another request is probing it";
    return { kind: "refused", cause: "probing", reason, retryAfterMs: SOON_MS };
  }

  /** The key that recovers soonest; none where no key is injected. */
  #keysSubject(backend: Backend): Subject[] {
    if (backend.auth === "passthrough") return [];
    return [keySubject(backend, this.soonestKey(backend))];
  }
}

function longest(cooldowns: readonly (Cooldown | undefined)[]): Cooldown | undefined {
  return cooldowns.reduce((a, b) => (b?.untilMs ?? -1) > (a?.untilMs ?? -1) ? b : a);
}

function cooling({ untilMs, reason }: Cooldown, nowMs: number): Refused {
  const retryAfterMs = untilMs - nowMs;
  const words = `cooling for another ${Math.ceil(retryAfterMs / 1000)} s after ${reason}`;
  return { kind: "refused", cause: "cooling", reason: words, retryAfterMs };
}
