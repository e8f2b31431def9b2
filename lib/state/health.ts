/**
 * What is known of backends, routes and keys beyond one request: cooldowns, probes and attempts in
 * flight. Synchronous, and the same in every event loop: what is decided here is decided while no
 * other loop decides. Nothing keeps a timer: an instant is compared when somebody asks.
 */
import type { Backend, FallbackSettings, Route, Snapshot } from "../config/snapshot.ts";
import { type AttemptKind, type Cooldown, phaseOf } from "../policy/cooldown.ts";
import { compareLastResorts } from "../policy/last_resort.ts";
import { Accounts } from "./accounts.ts";
import type { Cooled } from "./cooldowns.ts";
import type { Drills } from "./drills.ts";
import { type Finding, type HealthChange, UNCHANGED } from "./finding.ts";
import { HealthBook } from "./health_book.ts";
import { InFlight } from "./in_flight.ts";
import { OutOfUse } from "./out_of_use.ts";
import { atCapacity, OUT_OF_USE, type Refused } from "./refusal.ts";
import { type Shared, together } from "./shared.ts";
import {
  backendSubject,
  isCallersOwn,
  keySubject,
  placeOf,
  routeSubject,
  type Subject,
} from "./subjects.ts";
import type { Admission, Admitting, CallerKey, Look, Ticket } from "./ticket.ts";

export type { Finding, HealthChange } from "./finding.ts";
export type { Refused } from "./refusal.ts";
export type { Admission, Admitting, CallerKey, Look, Ticket } from "./ticket.ts";

export interface HealthOptions {
  readonly monotonicMs: () => number;
  /** The backends that fail on purpose. Default none. */
  readonly drills?: Pick<Drills, "of" | "all">;
  /** Default: there is one event loop. */
  readonly shared?: Shared | undefined;
}

const NOBODY = () => false;
const NO_KEY = () => undefined;

/** Whether a cooldown of a caller's key is of a backend that stays. */
function isKeptCallers(subject: Subject, kept: ReadonlySet<Subject>): boolean {
  const { scope, backend } = placeOf(subject);
  return isCallersOwn(subject) && scope === "caller" && kept.has(backendSubject({ name: backend }));
}

const NO_DRILLS = { of: () => undefined, all: () => [] };

export class Health {
  /** What an operator has put out of use by hand. */
  readonly outOfUse: OutOfUse;
  readonly #book: HealthBook;
  readonly #inFlight: InFlight;
  readonly #accounts: Accounts;
  readonly #monotonicMs: () => number;
  readonly #drills: Pick<Drills, "of" | "all">;
  readonly #shared: Shared | undefined;

  constructor({ monotonicMs, drills = NO_DRILLS, shared }: HealthOptions) {
    this.#monotonicMs = monotonicMs;
    this.#drills = drills;
    this.#shared = shared;
    this.#book = new HealthBook({ monotonicMs, shared });
    this.#inFlight = new InFlight(shared);
    this.#accounts = new Accounts(shared);
    this.outOfUse = new OutOfUse(shared);
  }

  /** Leave to try a route now, or why not. */
  admit(route: Route, { prefers = NOBODY, callerKey = NO_KEY }: Admitting = {}): Admission {
    return together(this.#shared, () => {
      const refused = this.whyNot(route, callerKey);
      if (refused !== undefined) return refused;
      const { backend } = route;
      const book = this.#bookOf(backend);
      const key = backend.auth === "inject" ? book.nextKey(backend, prefers) : undefined;
      const attempted = { route, key, callerKey };
      const halfOpen = book.halfOpen(attempted);
      const ticket = this.#start(attempted, halfOpen.length > 0 ? "probe" : "regular");
      book.probe(halfOpen, ticket);
      return { kind: "admitted", ticket };
    });
  }

  /** Why a route may not be tried now; undefined where it may. Changes nothing. */
  whyNot(route: Route, callerKey: CallerKey = NO_KEY): Refused | undefined {
    const { backend } = route;
    if (this.outOfUse.has(route)) return OUT_OF_USE;
    const isFull = backend.maxConcurrent !== Infinity &&
      this.inFlight(backend) >= backend.maxConcurrent;
    return isFull ? atCapacity(backend) : this.#bookOf(backend).whyNot(route, callerKey);
  }

  /**
   * Permission to try one of these routes although it is cooling; undefined where none may be: it is none
   * of these, or another request is trying it in this way.
   */
  admitLastResort(
    routes: readonly Route[],
    keyAt: (backend: Backend) => string | undefined = NO_KEY,
  ): Ticket | undefined {
    return together(this.#shared, () => {
      const [route] = this.lastResorts(routes, keyAt);
      if (route === undefined) return undefined;
      const { backend } = route;
      const callerKey = () => keyAt(backend);
      const book = this.#bookOf(backend);
      const key = backend.auth === "inject" ? book.soonestKey(backend) : undefined;
      const ticket = this.#start({ route, key, callerKey }, "last_resort");
      book.lastResort(ticket);
      return ticket;
    });
  }

  /** Those of the routes that are cooling and may be tried all the same, the best first. Changes nothing. */
  lastResorts(
    routes: readonly Route[],
    keyAt: (backend: Backend) => string | undefined = NO_KEY,
  ): readonly Route[] {
    const now = this.#monotonicMs();
    const keyFor = ({ backend }: Route) => () => keyAt(backend);
    return routes.filter((route) => this.#mayBeLastResort(route, keyFor(route)))
      .map((route) => ({
        route,
        holding: this.#bookOf(route.backend).holding(route, keyFor(route)),
      }))
      .sort((a, b) => compareLastResorts(a.holding, b.holding, now))
      .map(({ route }) => route);
  }

  /** Takes note of what an attempt showed; unless it was answered, the attempt is over. */
  record(ticket: Ticket, finding: Finding, settings: FallbackSettings): HealthChange {
    return together(this.#shared, () => {
      this.#settle(ticket);
      if (finding.kind !== "answered") this.ended(ticket);
      if (finding.kind === "nothing" || this.#isMoot(ticket)) return UNCHANGED;
      if (finding.kind === "failed") return this.#cool(ticket, finding, settings);
      return this.#bookFor(ticket).recover(ticket) ? { kind: "recovered" } : UNCHANGED;
    });
  }

  /** Takes a ticket back that was never recorded; one that was is left alone. */
  drop(ticket: Ticket): void {
    if (ticket.pending !== true) return;
    this.#settle(ticket);
    this.ended(ticket);
  }

  /** An answered attempt has been relayed to its end. */
  ended({ route: { backend } }: Ticket): void {
    this.#inFlight.end(backend);
  }

  /** Takes note of a failure after the answer had begun; its cooldown was cleared then, if any. */
  failedLate(
    ticket: Ticket,
    finding: Finding & { kind: "failed" },
    settings: FallbackSettings,
  ): HealthChange {
    return together(this.#shared, () => {
      if (this.#isMoot(ticket)) return UNCHANGED;
      return this.#cool({ ...ticket, kind: "regular" }, finding, settings);
    });
  }

  /**
   * Shortens cooldowns that these changes began, where nothing has changed them since.
   *
   * @returns the length they have now; undefined where none was shortened
   */
  ease(changes: readonly HealthChange[], mostMs: number): number | undefined {
    const eased = together(
      this.#shared,
      () =>
        changes.filter((change) =>
          change.kind === "cooled" && this.#book.cooldowns.ease(change, mostMs)
        ),
    );
    return eased.length > 0 ? mostMs : undefined;
  }

  /** Attempts on a backend that have not ended, those of all event loops. */
  inFlight(backend: Pick<Backend, "name">): number {
    return this.#inFlight.of(backend);
  }

  /** Keys of the ticket's backend, besides its own, that may be tried now. */
  otherKeys(ticket: Ticket): number {
    const { route: { backend }, key } = ticket;
    if (backend.auth === "passthrough") return 0;
    const book = this.#bookFor(ticket);
    return backend.keys.filter((other) => other !== key && book.usable(backend, other)).length;
  }

  /** The phase of a route, the longest wait among it, its backend and its keys deciding. */
  look(route: Route): Look {
    return this.#phaseOf(this.#bookOf(route.backend).cooldownOf(route));
  }

  /** The phase of a backend as a whole, whatever its routes have. */
  lookAt(backend: Backend): Look {
    return this.#phaseOf(this.#bookOf(backend).cooldownOfBackend(backend));
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
    together(this.#shared, () => {
      const kept = new Set<Subject>();
      for (const backend of this.#accounts.adopt(next, previous)) {
        kept.add(backendSubject(backend));
        for (const key of backend.keys) kept.add(keySubject(backend, key));
      }
      for (const route of [...next.aliases.values()].flatMap(({ routes }) => routes)) {
        if (kept.has(backendSubject(route.backend))) kept.add(routeSubject(route));
      }
      this.#book.cooldowns.retain((subject) => kept.has(subject) || isKeptCallers(subject, kept));
      this.outOfUse.retain(next);
    });
  }

  /** An event loop has ended: nothing that it had begun is waited for. */
  forget(loop: number): void {
    this.#inFlight.forget(loop);
    const books = [this.#book, ...this.#drills.all().map(({ book }) => book)];
    for (const book of books) book.forget(loop);
  }

  /** Whether a request is trying a cooling route all the same: it has one such attempt at a time. */
  isLastResort(route: Route): boolean {
    return this.#bookOf(route.backend).isLastResort(route);
  }

  #mayBeLastResort(route: Route, callerKey: CallerKey): boolean {
    const cause = this.whyNot(route, callerKey)?.cause;
    const isCooling = cause === "cooling" || cause === "probing";
    return isCooling && !this.isLastResort(route);
  }

  #start(attempted: Pick<Ticket, "route" | "key" | "callerKey">, kind: AttemptKind): Ticket {
    const { backend } = attempted.route;
    const plain = { ...attempted, kind, startedAtMs: this.#monotonicMs() };
    const drill = this.#drills.of(backend);
    const ticket: Ticket = drill === undefined ? plain : { ...plain, drill };
    this.#inFlight.begin(backend);
    ticket.pending = true;
    return ticket;
  }

  #settle(ticket: Ticket): void {
    ticket.pending = false;
    this.#bookFor(ticket).settle(ticket);
  }

  #phaseOf(cooldown: Cooldown | undefined): Look {
    const now = this.#monotonicMs();
    const untilMs = cooldown?.untilMs ?? now;
    return { phase: phaseOf(cooldown, now), untilMs, reason: cooldown?.reason ?? "" };
  }

  /** What is known of a backend: by its drill, while it has one. */
  #bookOf(backend: Pick<Backend, "name">): HealthBook {
    return this.#drills.of(backend)?.book ?? this.#book;
  }

  /** Where an attempt belongs, whatever has begun or ended meanwhile. */
  #bookFor({ drill }: Ticket): HealthBook {
    return drill?.book ?? this.#book;
  }

  /** Whether nothing is to be learned any more: the backend is another, or the drill is over. */
  #isMoot({ route: { backend }, drill }: Ticket): boolean {
    if (drill !== undefined && this.#drills.of(backend) !== drill) return true;
    return this.#accounts.isGone(backend);
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
