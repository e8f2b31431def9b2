/**
 * What is known of backends, routes and keys beyond one request: cooldowns, probes and attempts in
 * flight. Small and synchronous, so that workers or instances can share one later. Nothing here
 * keeps a timer: an instant is compared when somebody asks.
 */
import type { Backend, FallbackSettings, Route, Snapshot } from "../config/snapshot.ts";
import type { AttemptKind, Cooldown, Phase } from "../policy/cooldown.ts";
import { phaseOf } from "../policy/cooldown.ts";
import type { Scope } from "../policy/judge.ts";
import { Cooldowns, type Cooled } from "./cooldowns.ts";
import { OutOfUse } from "./out_of_use.ts";
import {
  backendSubject,
  keySubject,
  routeSubject,
  type Subject,
  subjectOf,
  subjectsOf,
} from "./subjects.ts";

/** Leave to make one attempt. It ends with `record()`; after an answer, with `ended()`. */
export interface Ticket {
  readonly route: Route;
  readonly kind: AttemptKind;
  /** The key to inject; undefined under `passthrough`. */
  readonly key: string | undefined;
  readonly startedAtMs: number;
}

export interface Refused {
  readonly kind: "refused";
  readonly cause: "cooling" | "probing" | "at_capacity" | "out_of_use";
  readonly reason: string;
  /** `Infinity` when only a person can say. */
  readonly retryAfterMs: number;
}

export type Admission = { readonly kind: "admitted"; readonly ticket: Ticket } | Refused;

/** What an attempt showed of its route. */
export type Finding =
  | { readonly kind: "answered" }
  | { readonly kind: "nothing" }
  | {
    readonly kind: "failed";
    readonly cool: Scope;
    readonly reason: string;
    /** How long the backend asked for, clamped; undefined when it did not say. */
    readonly hintMs: number | undefined;
  };

/** What a finding changed. */
export type HealthChange =
  | { readonly kind: "none" }
  | { readonly kind: "recovered" }
  | ({ readonly kind: "cooled"; readonly scope: Scope; readonly forMs: number } & Cooled);

const UNCHANGED: HealthChange = { kind: "none" };

const OUT_OF_USE: Refused = {
  kind: "refused",
  cause: "out_of_use",
  reason: "put out of use on the dashboard, until it is put back or the proxy restarts",
  retryAfterMs: Infinity,
};

/** How long a caller is asked to wait for what frees itself any moment. */
const SOON_MS = 1000;

export class Health {
  /** What an operator has put out of use by hand. */
  readonly outOfUse = new OutOfUse();
  readonly #cooldowns = new Cooldowns();
  /** Subjects with their one probe in flight. */
  readonly #probing = new Map<Subject, Ticket>();
  readonly #inFlight = new Map<string, number>();
  /** Tickets whose attempt has shown nothing yet. */
  readonly #pending = new Set<Ticket>();
  readonly #turns = new Map<string, number>();
  /** Undefined before the first reload. */
  #backendsInForce: ReadonlyMap<string, Backend> | undefined;
  readonly #monotonicMs: () => number;

  constructor({ monotonicMs }: { readonly monotonicMs: () => number }) {
    this.#monotonicMs = monotonicMs;
  }

  /**
   * Leave to try a route now, or why not.
   *
   * @param prefers the keys of a pool that come first, whoever's turn it is
   */
  admit(route: Route, prefers: (key: string) => boolean = () => false): Admission {
    const { backend } = route;
    if (this.outOfUse.has(route)) return OUT_OF_USE;
    if (this.inFlight(backend) >= backend.maxConcurrent) return atCapacity(backend);
    for (const subject of [backendSubject(backend), routeSubject(route)]) {
      const refused = this.#whyNot(subject);
      if (refused !== undefined) return refused;
    }
    if (backend.auth === "passthrough") return this.#issue(route, undefined);
    const key = this.#nextKey(backend, prefers);
    if (key !== undefined) return this.#issue(route, key);
    return this.#whyNot(keySubject(backend, this.#soonestKey(backend))) ?? atCapacity(backend);
  }

  /** Leave to try a route although it is cooling: nothing better is left. */
  admitAnyway(route: Route): Ticket {
    const { backend } = route;
    const key = backend.auth === "inject" ? this.#soonestKey(backend) : undefined;
    return this.#start({ route, key, kind: "last_resort", startedAtMs: this.#monotonicMs() });
  }

  /** Takes note of what an attempt showed; unless it was answered, the attempt is over. */
  record(ticket: Ticket, finding: Finding, settings: FallbackSettings): HealthChange {
    this.#settle(ticket);
    if (finding.kind !== "answered") this.ended(ticket);
    if (finding.kind === "nothing" || this.#isReplaced(ticket)) return UNCHANGED;
    return finding.kind === "answered"
      ? this.#recover(ticket)
      : this.#cool(ticket, finding, settings);
  }

  /** Takes a ticket back that was never recorded; one that was is left alone. */
  drop(ticket: Ticket): void {
    if (!this.#pending.has(ticket)) return;
    this.#settle(ticket);
    this.ended(ticket);
  }

  /** An answered attempt has been relayed to its end. */
  ended({ route: { backend } }: Ticket): void {
    this.#inFlight.set(backend.name, Math.max(0, this.inFlight(backend) - 1));
  }

  /** Takes note of a failure after the answer had begun; its cooldown was cleared then, if any. */
  failedLate(
    ticket: Ticket,
    finding: Finding & { kind: "failed" },
    settings: FallbackSettings,
  ): HealthChange {
    if (this.#isReplaced(ticket)) return UNCHANGED;
    return this.#cool({ ...ticket, kind: "regular" }, finding, settings);
  }

  /**
   * Shortens cooldowns that these changes began, where nothing has changed them since.
   *
   * @returns the length they have now; undefined where none was shortened
   */
  ease(changes: readonly HealthChange[], mostMs: number): number | undefined {
    let eased: number | undefined;
    for (const change of changes) {
      if (change.kind === "cooled" && this.#cooldowns.ease(change, mostMs)) eased = mostMs;
    }
    return eased;
  }

  /** Attempts on a backend that have not ended. */
  inFlight(backend: Backend): number {
    return this.#inFlight.get(backend.name) ?? 0;
  }

  /** Keys of the ticket's backend, besides its own, that may be tried now. */
  otherKeys({ route: { backend }, key }: Ticket): number {
    if (backend.auth === "passthrough") return 0;
    return backend.keys.filter((other) => other !== key && this.#usable(backend, other)).length;
  }

  /** The phase of a route, the longest wait among it and its backend deciding. */
  look(route: Route): { readonly phase: Phase; readonly untilMs: number; readonly reason: string } {
    const now = this.#monotonicMs();
    const all = [this.#cooldowns.get(backendSubject(route.backend)), this.#keysCooldown(route)];
    const cooldown = longest([...all, this.#cooldowns.get(routeSubject(route))]);
    const untilMs = cooldown?.untilMs ?? now;
    return { phase: phaseOf(cooldown, now), untilMs, reason: cooldown?.reason ?? "" };
  }

  /** Every cooldown that no answer has ended yet. */
  cooldowns(): readonly Cooled[] {
    return this.#cooldowns.all();
  }

  /** Ends a cooldown at somebody's word; whether there was one. */
  clearCooldown(subject: Subject): boolean {
    return this.#cooldowns.clear(subject, Infinity);
  }

  /** Forgets what the next snapshot does not have, or has with another URL or other keys. */
  retain(next: Snapshot, previous: Snapshot): void {
    this.#backendsInForce = next.backends;
    const kept = new Set<Subject>();
    for (const backend of next.backends.values()) {
      if (!isSameAccount(backend, previous.backends.get(backend.name))) continue;
      kept.add(backendSubject(backend));
      for (const key of backend.keys) kept.add(keySubject(backend, key));
    }
    for (const route of [...next.aliases.values()].flatMap(({ routes }) => routes)) {
      if (kept.has(backendSubject(route.backend))) kept.add(routeSubject(route));
    }
    this.#cooldowns.retain(kept);
    this.outOfUse.retain(next);
  }

  #issue(route: Route, key: string | undefined): Admission {
    const now = this.#monotonicMs();
    const halfOpen = subjectsOf(route, key).filter((subject) => this.#cooldowns.has(subject));
    const kind = halfOpen.length > 0 ? "probe" : "regular";
    const ticket = this.#start({ route, key, kind, startedAtMs: now });
    for (const subject of halfOpen) this.#probing.set(subject, ticket);
    return { kind: "admitted", ticket };
  }

  #start(ticket: Ticket): Ticket {
    const { backend } = ticket.route;
    this.#inFlight.set(backend.name, this.inFlight(backend) + 1);
    this.#pending.add(ticket);
    return ticket;
  }

  #settle(ticket: Ticket): void {
    this.#pending.delete(ticket);
    for (const [subject, prober] of this.#probing) {
      if (prober === ticket) this.#probing.delete(subject);
    }
  }

  #whyNot(subject: Subject): Refused | undefined {
    const now = this.#monotonicMs();
    const cooldown = this.#cooldowns.get(subject);
    const phase = phaseOf(cooldown, now);
    if (cooldown === undefined || phase === "closed") return undefined;
    if (phase === "open") return cooling(cooldown, now);
    if (!this.#probing.has(subject)) return undefined;
    const reason = "its cooldown is over and another request is probing it";
    return { kind: "refused", cause: "probing", reason, retryAfterMs: SOON_MS };
  }

  #usable(backend: Backend, key: string): boolean {
    return this.#whyNot(keySubject(backend, key)) === undefined;
  }

  /** The pool's next key in turn that may be tried now, a preferred one first. */
  #nextKey(backend: Backend, prefers: (key: string) => boolean): string | undefined {
    const turn = this.#turns.get(backend.name) ?? 0;
    const inTurn = [...backend.keys.slice(turn), ...backend.keys.slice(0, turn)];
    const usable = inTurn.filter((candidate) => this.#usable(backend, candidate));
    const preferred = usable.find(prefers);
    if (preferred !== undefined) return preferred;
    const [key] = usable;
    if (key === undefined) return undefined;
    this.#turns.set(backend.name, (backend.keys.indexOf(key) + 1) % backend.keys.length);
    return key;
  }

  #soonestKey(backend: Backend): string {
    const until = (key: string) => this.#cooldowns.get(keySubject(backend, key))?.untilMs ?? 0;
    return backend.keys.reduce((best, key) => until(key) < until(best) ? key : best);
  }

  /** The cooldown of the key that recovers soonest, where a pool has no usable one. */
  #keysCooldown({ backend }: Route): Cooldown | undefined {
    if (backend.auth === "passthrough") return undefined;
    return this.#cooldowns.get(keySubject(backend, this.#soonestKey(backend)));
  }

  /** Whether a reload has meanwhile given the backend another URL or other keys, or removed it. */
  #isReplaced({ route: { backend } }: Ticket): boolean {
    const inForce = this.#backendsInForce;
    return inForce !== undefined && !isSameAccount(backend, inForce.get(backend.name));
  }

  #recover(ticket: Ticket): HealthChange {
    let recovered = false;
    for (const subject of subjectsOf(ticket.route, ticket.key)) {
      recovered = this.#cooldowns.clear(subject, ticket.startedAtMs) || recovered;
    }
    return recovered ? { kind: "recovered" } : UNCHANGED;
  }

  #cool(
    ticket: Ticket,
    { cool, reason, hintMs }: Finding & { kind: "failed" },
    settings: FallbackSettings,
  ): HealthChange {
    const subject = subjectOf(cool, ticket);
    if (subject === undefined) return UNCHANGED;
    const nowMs = this.#monotonicMs();
    const attempt = { attempt: ticket.kind, attemptStartedAtMs: ticket.startedAtMs };
    const cooled = this.#cooldowns.cool(subject, { reason, hintMs, nowMs, ...attempt }, settings);
    if (cooled === undefined) return UNCHANGED;
    return { kind: "cooled", scope: cool, forMs: cooled.cooldown.lengthMs, ...cooled };
  }
}

function longest(cooldowns: readonly (Cooldown | undefined)[]): Cooldown | undefined {
  return cooldowns.reduce((a, b) => (b?.untilMs ?? -1) > (a?.untilMs ?? -1) ? b : a);
}

function isSameAccount(backend: Backend, other: Backend | undefined): boolean {
  if (other === undefined || backend === other) return other !== undefined;
  return backend.origin === other.origin && backend.basePath === other.basePath &&
    backend.keys.join("\n") === other.keys.join("\n");
}

function cooling({ untilMs, reason }: Cooldown, nowMs: number): Refused {
  const retryAfterMs = untilMs - nowMs;
  const words = `cooling for another ${Math.ceil(retryAfterMs / 1000)} s after ${reason}`;
  return { kind: "refused", cause: "cooling", reason: words, retryAfterMs };
}

function atCapacity({ name, maxConcurrent }: Backend): Refused {
  const reason = `${name} has ${maxConcurrent} requests in flight, its max_concurrent`;
  return { kind: "refused", cause: "at_capacity", reason, retryAfterMs: SOON_MS };
}
