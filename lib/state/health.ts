/**
 * What is known of backends, routes and keys beyond one request: cooldowns, probes and attempts in
 * flight. Small and synchronous, so that workers or instances can share one later. Nothing here
 * keeps a timer: an instant is compared when somebody asks.
 */
import type { Backend, FallbackSettings, Route, Snapshot } from "../config/snapshot.ts";
import type { AttemptKind, Phase } from "../policy/cooldown.ts";
import { phaseOf } from "../policy/cooldown.ts";
import type { Scope } from "../policy/judge.ts";
import type { Cooled } from "./cooldowns.ts";
import type { Drill, Drills } from "./drills.ts";
import { HealthBook, SOON_MS } from "./health_book.ts";
import { OutOfUse } from "./out_of_use.ts";
import { backendSubject, keySubject, placeOf, routeSubject, type Subject } from "./subjects.ts";

/** Leave to make one attempt. It ends with `record()`; after an answer, with `ended()`. */
export interface Ticket {
  readonly route: Route;
  readonly kind: AttemptKind;
  /** The key to inject; undefined under `passthrough`. */
  readonly key: string | undefined;
  readonly startedAtMs: number;
  /** The drill that answers in the backend's place; only where there is one. */
  readonly drill?: Drill;
}

export interface HealthOptions {
  readonly monotonicMs: () => number;
  /** The backends that fail on purpose. Default none. */
  readonly drills?: Pick<Drills, "of" | "all">;
}

const NO_DRILLS = { of: () => undefined, all: () => [] };

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
    /** The row of the table of failures that decided. */
    readonly row: number;
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

export class Health {
  /** What an operator has put out of use by hand. */
  readonly outOfUse = new OutOfUse();
  readonly #book: HealthBook;
  readonly #inFlight = new Map<string, number>();
  /** Tickets whose attempt has shown nothing yet. */
  readonly #pending = new Set<Ticket>();
  /** Undefined before the first reload. */
  #backendsInForce: ReadonlyMap<string, Backend> | undefined;
  readonly #monotonicMs: () => number;
  readonly #drills: Pick<Drills, "of" | "all">;

  constructor({ monotonicMs, drills = NO_DRILLS }: HealthOptions) {
    this.#monotonicMs = monotonicMs;
    this.#drills = drills;
    this.#book = new HealthBook({ monotonicMs });
  }

  /**
   * Leave to try a route now, or why not.
   *
   * @param prefers the keys of a pool that come first, whoever's turn it is
   */
  admit(route: Route, prefers: (key: string) => boolean = () => false): Admission {
    const { backend } = route;
    const refused = this.whyNot(route);
    if (refused !== undefined) return refused;
    const injects = backend.auth === "inject";
    return this.#issue(
      route,
      injects ? this.#bookOf(backend).nextKey(backend, prefers) : undefined,
    );
  }

  /** Why a route may not be tried now; undefined where it may. Changes nothing. */
  whyNot(route: Route): Refused | undefined {
    const { backend } = route;
    if (this.outOfUse.has(route)) return OUT_OF_USE;
    if (this.inFlight(backend) >= backend.maxConcurrent) return atCapacity(backend);
    return this.#bookOf(backend).whyNot(route);
  }

  /** Leave to try a route although it is cooling: nothing better is left. */
  admitAnyway(route: Route): Ticket {
    const { backend } = route;
    const key = backend.auth === "inject" ? this.#bookOf(backend).soonestKey(backend) : undefined;
    return this.#start({ route, key, kind: "last_resort", startedAtMs: this.#monotonicMs() });
  }

  /** Takes note of what an attempt showed; unless it was answered, the attempt is over. */
  record(ticket: Ticket, finding: Finding, settings: FallbackSettings): HealthChange {
    this.#settle(ticket);
    if (finding.kind !== "answered") this.ended(ticket);
    if (finding.kind === "nothing" || this.#isMoot(ticket)) return UNCHANGED;
    if (finding.kind === "failed") return this.#cool(ticket, finding, settings);
    return this.#bookFor(ticket).recover(ticket) ? { kind: "recovered" } : UNCHANGED;
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
    if (this.#isMoot(ticket)) return UNCHANGED;
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
      if (change.kind === "cooled" && this.#book.cooldowns.ease(change, mostMs)) eased = mostMs;
    }
    return eased;
  }

  /** Attempts on a backend that have not ended. */
  inFlight(backend: Backend): number {
    return this.#inFlight.get(backend.name) ?? 0;
  }

  /** Keys of the ticket's backend, besides its own, that may be tried now. */
  otherKeys(ticket: Ticket): number {
    const { route: { backend }, key } = ticket;
    if (backend.auth === "passthrough") return 0;
    const book = this.#bookFor(ticket);
    return backend.keys.filter((other) => other !== key && book.usable(backend, other)).length;
  }

  /** The phase of a route, the longest wait among it and its backend deciding. */
  look(route: Route): { readonly phase: Phase; readonly untilMs: number; readonly reason: string } {
    const now = this.#monotonicMs();
    const cooldown = this.#bookOf(route.backend).cooldownOf(route);
    const untilMs = cooldown?.untilMs ?? now;
    return { phase: phaseOf(cooldown, now), untilMs, reason: cooldown?.reason ?? "" };
  }

  /** Whether a drill answers in a backend's place. */
  isDrilled(backend: Pick<Backend, "name">): boolean {
    return this.#drills.of(backend) !== undefined;
  }

  /** Every cooldown that no answer has ended yet; of a backend with a drill, the drill's. */
  cooldowns(): readonly Cooled[] {
    const real = this.#book.cooldowns.all()
      .filter(({ subject }) => !this.isDrilled({ name: placeOf(subject).backend }));
    return [...real, ...this.#drills.all().flatMap(({ book }) => book.cooldowns.all())];
  }

  /** Whether a request under way is the probe that a cooldown waits for. */
  isProbing(subject: Subject): boolean {
    return this.#bookOf({ name: placeOf(subject).backend }).isProbing(subject);
  }

  /** Ends a cooldown at somebody's word; whether there was one. */
  clearCooldown(subject: Subject): boolean {
    const { cooldowns } = this.#bookOf({ name: placeOf(subject).backend });
    return cooldowns.clear(subject, Infinity);
  }

  /** Forgets what the next snapshot does not have, or has at another URL, with other keys, or reached otherwise. */
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
    this.#book.cooldowns.retain(kept);
    this.outOfUse.retain(next);
  }

  #issue(route: Route, key: string | undefined): Admission {
    const book = this.#bookOf(route.backend);
    const halfOpen = book.halfOpen(route, key);
    const kind = halfOpen.length > 0 ? "probe" : "regular";
    const ticket = this.#start({ route, key, kind, startedAtMs: this.#monotonicMs() });
    book.probe(halfOpen, ticket);
    return { kind: "admitted", ticket };
  }

  #start(plain: Ticket): Ticket {
    const { backend } = plain.route;
    const drill = this.#drills.of(backend);
    const ticket = drill === undefined ? plain : { ...plain, drill };
    this.#inFlight.set(backend.name, this.inFlight(backend) + 1);
    this.#pending.add(ticket);
    return ticket;
  }

  #settle(ticket: Ticket): void {
    this.#pending.delete(ticket);
    this.#bookFor(ticket).settle(ticket);
  }

  /** What is known of a backend: by its drill, while it has one. */
  #bookOf(backend: Pick<Backend, "name">): HealthBook {
    return this.#drills.of(backend)?.book ?? this.#book;
  }

  /** Where an attempt belongs, whatever has begun or ended meanwhile. */
  #bookFor({ drill }: Ticket): HealthBook {
    return drill?.book ?? this.#book;
  }

  /**
   * Whether nothing is to be learned any more: a reload has changed whom the backend is or how it is
   * reached, or removed it, or the drill is over.
   */
  #isMoot({ route: { backend }, drill }: Ticket): boolean {
    if (drill !== undefined && this.#drills.of(backend) !== drill) return true;
    const inForce = this.#backendsInForce;
    return inForce !== undefined && !isSameAccount(backend, inForce.get(backend.name));
  }

  #cool(
    ticket: Ticket,
    finding: Finding & { kind: "failed" },
    settings: FallbackSettings,
  ): HealthChange {
    const cooled = this.#bookFor(ticket).cool(ticket, finding, settings);
    if (cooled === undefined) return UNCHANGED;
    return { kind: "cooled", scope: finding.cool, forMs: cooled.cooldown.lengthMs, ...cooled };
  }
}

function isSameAccount(backend: Backend, other: Backend | undefined): boolean {
  if (other === undefined || backend === other) return other !== undefined;
  return backend.origin === other.origin && backend.basePath === other.basePath &&
    backend.keys.join("\n") === other.keys.join("\n") && isSameWay(backend, other);
}

/** Whether both are reached through the same proxy, trusting the same roots. */
function isSameWay(one: Backend, other: Backend): boolean {
  return JSON.stringify([one.proxy, one.roots]) === JSON.stringify([other.proxy, other.roots]);
}

function atCapacity({ name, maxConcurrent }: Backend): Refused {
  const reason = `${name} has ${maxConcurrent} requests in flight, its max_concurrent`;
  return { kind: "refused", cause: "at_capacity", reason, retryAfterMs: SOON_MS };
}
