/** One account of health: the cooldowns, the probes under way, and whose turn it is in each pool. */
import type { Backend, FallbackSettings, Route } from "../config/snapshot.ts";
import { type Cooldown, phaseOf } from "../policy/cooldown.ts";
import { Cooldowns, type Cooled } from "./cooldowns.ts";
import { type Counter, Counters } from "./counters.ts";
import type { Finding } from "./finding.ts";
import { Probes } from "./probes.ts";
import { cooling, PROBING, type Refused } from "./refusal.ts";
import type { Shared } from "./shared.ts";
import {
  type Attempted,
  backendSubject,
  callerSubject,
  keySubject,
  routeSubject,
  type Subject,
  subjectOf,
  subjectsOf,
} from "./subjects.ts";
import type { CallerKey, Ticket } from "./ticket.ts";

export interface HealthBookOptions {
  readonly monotonicMs: () => number;
  readonly shared: Shared | undefined;
  /** The drill that it is of; "" for the book of what is really known. */
  readonly drill?: string;
}

export class HealthBook {
  readonly cooldowns: Cooldowns;
  readonly #probes: Probes<Ticket>;
  /** The attempts on cooling routes. */
  readonly #lastResorts: Probes<Ticket>;
  readonly #turns: Counters;
  readonly #turnsAre: string;
  readonly #monotonicMs: () => number;

  constructor({ monotonicMs, shared, drill = "" }: HealthBookOptions) {
    this.#monotonicMs = monotonicMs;
    this.cooldowns = new Cooldowns({ shared, name: `cooldowns ${drill}` });
    this.#probes = new Probes({ shared, name: `probes ${drill}` });
    this.#lastResorts = new Probes({ shared, name: `last resorts ${drill}` });
    this.#turns = shared?.counters ?? new Counters();
    this.#turnsAre = drill === "" ? "keys" : "keys in drills";
  }

  /** Why a route may not be tried now; undefined where it may. Takes nobody's turn. */
  whyNot(route: Route, callerKey: CallerKey): Refused | undefined {
    if (this.cooldowns.isEmpty) return undefined;
    const { backend } = route;
    const refused = this.#whyNot(backendSubject(backend)) ?? this.#whyNot(routeSubject(route)) ??
      this.#whyNotFor(backend, callerKey);
    if (refused !== undefined || backend.auth === "passthrough") return refused;
    if (backend.keys.some((key) => this.usable(backend, key))) return undefined;
    return this.#whyNot(keySubject(backend, this.soonestKey(backend)));
  }

  usable(backend: Backend, key: string): boolean {
    return this.cooldowns.isEmpty || this.#whyNot(keySubject(backend, key)) === undefined;
  }

  /** The pool's next key in turn that may be tried now, a preferred one first. */
  nextKey(backend: Backend, prefers: (key: string) => boolean): string | undefined {
    const { keys } = backend;
    const turn = this.#turnOf(backend);
    const inTurn = [...keys.slice(turn.get()), ...keys.slice(0, turn.get())];
    const usable = inTurn.filter((candidate) => this.usable(backend, candidate));
    const preferred = usable.find(prefers);
    if (preferred !== undefined) return preferred;
    const [key] = usable;
    if (key !== undefined) turn.set((keys.indexOf(key) + 1) % keys.length);
    return key;
  }

  /** Begins with a pool's first key again. */
  beginTurns(backend: Pick<Backend, "name">): void {
    this.#turnOf(backend).set(0);
  }

  soonestKey(backend: Backend): string {
    const until = (key: string) => this.cooldowns.get(keySubject(backend, key))?.untilMs ?? 0;
    return backend.keys.reduce((best, key) => until(key) < until(best) ? key : best);
  }

  /** The cooldowns that keep a route out: its own, its backend's, and its pool's where no key is usable. */
  holding(route: Route, callerKey: CallerKey): Cooldown[] {
    const { backend } = route;
    const digest = this.cooldowns.hasOfCallers ? callerKey() : undefined;
    const subjects = [backendSubject(backend), routeSubject(route)];
    if (backend.auth === "inject") subjects.push(keySubject(backend, this.soonestKey(backend)));
    if (digest !== undefined) subjects.push(callerSubject(backend, digest));
    return subjects.flatMap((subject) => this.cooldowns.get(subject) ?? []);
  }

  /** The longest of the cooldowns of a route, its backend, and its pool where no key is usable. */
  cooldownOf(route: Route): Cooldown | undefined {
    return longest(this.cooldownOfBackend(route.backend), this.cooldowns.get(routeSubject(route)));
  }

  /** The longer of the cooldowns of a backend, and of its pool where no key is usable. */
  cooldownOfBackend(backend: Backend): Cooldown | undefined {
    const own = this.cooldowns.get(backendSubject(backend));
    if (backend.auth === "passthrough") return own;
    return longest(own, this.cooldowns.get(keySubject(backend, this.soonestKey(backend))));
  }

  /** What an attempt now would be the probe of. */
  halfOpen(attempted: Attempted): Subject[] {
    if (this.cooldowns.isEmpty) return [];
    return subjectsOf(attempted).filter((subject) => this.cooldowns.has(subject));
  }

  /** Nobody else probes these until the ticket is settled. */
  probe(subjects: readonly Subject[], ticket: Ticket): void {
    this.#probes.begin(subjects, ticket);
  }

  /** Nobody else has the route for a last resort until the ticket is settled. */
  lastResort(ticket: Ticket): void {
    this.#lastResorts.begin([routeSubject(ticket.route)], ticket);
  }

  isLastResort(route: Route): boolean {
    return this.#lastResorts.has(routeSubject(route));
  }

  isProbing(subject: Subject): boolean {
    return this.#probes.has(subject);
  }

  settle(ticket: Ticket): void {
    this.#probes.settle(ticket);
    this.#lastResorts.settle(ticket);
  }

  /** Ends the probes of an event loop that has ended. */
  forget(loop: number): void {
    this.#probes.forget(loop);
    this.#lastResorts.forget(loop);
  }

  /** The drill that it is of is over, in whichever loop. */
  close(): void {
    this.cooldowns.leave();
    this.#probes.leave();
    this.#lastResorts.leave();
  }

  /** An attempt was answered; whether that ended a cooldown. */
  recover(ticket: Ticket): boolean {
    if (this.cooldowns.isEmpty) return false;
    let recovered = false;
    for (const subject of subjectsOf(ticket)) {
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
    const nowMs = this.#monotonicMs();
    if (ticket.kind === "last_resort") this.#tried(ticket, nowMs);
    const subject = subjectOf(cool, ticket);
    if (subject === undefined) return undefined;
    const attempt = { attempt: ticket.kind, attemptStartedAtMs: ticket.startedAtMs };
    const cooled = { ...failure, ...attempt, nowMs };
    return this.cooldowns.cool(subject, cooled, settings);
  }

  /** Whichever of its cooldowns kept the route out. */
  #tried(ticket: Ticket, nowMs: number): void {
    for (const subject of subjectsOf(ticket)) this.cooldowns.tried(subject, nowMs);
  }

  #turnOf({ name }: Pick<Backend, "name">): Counter {
    return this.#turns.of(JSON.stringify([this.#turnsAre, name]));
  }

  #whyNotFor(backend: Backend, callerKey: CallerKey): Refused | undefined {
    const digest = this.cooldowns.hasOfCallers ? callerKey() : undefined;
    return digest === undefined ? undefined : this.#whyNot(callerSubject(backend, digest));
  }

  #whyNot(subject: Subject): Refused | undefined {
    const now = this.#monotonicMs();
    const cooldown = this.cooldowns.get(subject);
    const phase = phaseOf(cooldown, now);
    if (cooldown === undefined || phase === "closed") return undefined;
    if (phase === "open") return cooling(cooldown, now);
    return this.#probes.has(subject) ? PROBING : undefined;
  }
}

function longest(one: Cooldown | undefined, other: Cooldown | undefined): Cooldown | undefined {
  return (other?.untilMs ?? -1) > (one?.untilMs ?? -1) ? other : one;
}
