/** One request's way through its plan: which route may be tried next, and when there is none left. */
import type { Backend, FallbackSettings, Route } from "../config/snapshot.ts";
import type { PassedOver } from "../policy/exhausted.ts";
import type { Plan } from "../policy/plan.ts";
import type { Verdict } from "../policy/judge.ts";
import type { Admitting, Health, Refused, Ticket } from "./health.ts";
import { LAST_RESORT } from "./refusal.ts";

export interface AdmissionsOptions {
  readonly settings: FallbackSettings;
  /** Since the request arrived. */
  readonly elapsedMs: () => number;
  /** Whether a key of a pool is the one that this conversation was served with. */
  readonly prefersKey: (key: string) => boolean;
  /** What stands for the caller's own key that a backend sees; undefined where it sees none. */
  readonly callerKey: (backend: Backend) => string | undefined;
  /** Whether the call may leave something behind, so that no cooling route is worth a second attempt. */
  readonly mayCreate: boolean;
}

/** Most keys of one pool that a request tries. */
const MOST_KEYS = 4;

export class Admissions {
  readonly #plan: Plan;
  readonly #health: Health;
  readonly #options: AdmissionsOptions;
  /** The routes that an attempt was made on. A pool's is one, whichever of its keys were tried. */
  readonly #tried: Route[] = [];
  /** The routes that are used up. */
  readonly #spent: Route[] = [];
  /** Names of backends that could not be used at all, whichever route it was. */
  readonly #unusable: string[] = [];
  /** By the name of the backend whose pool it is; undefined while nothing has failed, as mostly. */
  #keysTried: Map<string, number> | undefined;
  /** Undefined while none was. */
  #refused: Map<Route, Refused> | undefined;
  #latest: Ticket | undefined;
  #metDrill = false;
  #isLast = false;

  constructor(plan: Plan, health: Health, options: AdmissionsOptions) {
    this.#plan = plan;
    this.#health = health;
    this.#options = options;
  }

  /** The next ticket; undefined when no route is left or the request has had its attempts. */
  next(): Ticket | undefined {
    if (this.#isLast || this.#isPastDeadline()) return undefined;
    const ticket = this.#firstAdmitted() ?? this.#lastResort();
    if (ticket === undefined) return undefined;
    if (!this.#tried.includes(ticket.route)) this.#tried.push(ticket.route);
    if (ticket.drill !== undefined) this.#metDrill = true;
    this.#latest = ticket;
    return ticket;
  }

  /** A fault of ours between a ticket and its finding must not keep the ticket out. */
  [Symbol.dispose](): void {
    if (this.#latest !== undefined) this.#health.drop(this.#latest);
  }

  /** Whether a drill has answered the call, or kept it from a route that came before. */
  get metDrill(): boolean {
    return this.#metDrill;
  }

  /** How many there have been, a pool's as one. */
  get attempts(): number {
    return this.#tried.length;
  }

  /** The ticket's attempt failed: its route is used up, unless another key of its pool may do. */
  failed({ route }: Ticket, { cool, movesOn }: Verdict & { readonly action: "fallback" }): void {
    const { name, keys } = route.backend;
    const keysTried = (this.#keysTried?.get(name) ?? 0) + 1;
    (this.#keysTried ??= new Map()).set(name, keysTried);
    // Counted, because cooldown_seconds: 0 lets health admit a refused key again at once.
    const mostKeys = Math.min(keys.length, MOST_KEYS);
    if (cool !== "key" || keysTried >= mostKeys) this.#spent.push(route);
    if (cool === "backend") this.#unusable.push(name);
    this.#isLast = !movesOn;
  }

  /** The routes that were not tried, and why. */
  passedOver(): PassedOver[] {
    const refused = [...this.#refused ?? []].filter(([route]) => !this.#tried.includes(route));
    return [
      ...this.#notAsked(),
      ...refused.map(([route, { reason, retryAfterMs }]) => passed(route, reason, retryAfterMs)),
      ...this.#plan.skipped.map(({ route, reason }) => passed(route, reason, undefined)),
    ];
  }

  /** The first attempt is never too late: a slow upload is no reason to refuse it. */
  #isPastDeadline(): boolean {
    const { settings, elapsedMs } = this.#options;
    return this.#tried.length > 0 && elapsedMs() >= settings.deadlineMs;
  }

  /** What the request may have been tried on, had it not come to an end. */
  #notAsked(): PassedOver[] {
    const reason = this.#whyAtEnd();
    if (reason === undefined) return [];
    return this.#plan.routes
      .filter((route) => !this.#tried.includes(route) && !this.#refused?.has(route))
      .map((route) => passed(route, reason, undefined));
  }

  #whyAtEnd(): string | undefined {
    const { maxAttempts, deadlineMs } = this.#options.settings;
    if (this.#isLast) return "not asked, because the call may have been accepted already";
    if (this.#isPastDeadline()) return `deadline_seconds (${deadlineMs / 1000}) had passed`;
    if (this.#tried.length < maxAttempts) return undefined;
    return `not asked, because max_retries allows ${counted(maxAttempts)}`;
  }

  #firstAdmitted(): Ticket | undefined {
    for (const route of this.#plan.routes) {
      if (this.#spent.includes(route) || !this.#mayTry(route)) continue;
      const admission = this.#health.admit(route, this.#admitting(route));
      if (admission.kind === "admitted") return admission.ticket;
      this.#refuse(route, admission);
      if (this.#health.isDrilled(route.backend)) this.#metDrill = true;
    }
    return undefined;
  }

  /** A cooling route, where every other has failed or is out: better than an error. */
  #lastResort(): Ticket | undefined {
    const { mayCreate, settings } = this.#options;
    if (settings.whenAllCooling === "reject" || (mayCreate && this.#tried.length > 0)) {
      return undefined;
    }
    const untried = this.#plan.routes.filter((route) => {
      const isKnownToFail = this.#tried.includes(route) ||
        this.#unusable.includes(route.backend.name);
      return !isKnownToFail && this.#mayTry(route);
    });
    const ticket = this.#health.admitLastResort(untried, this.#options.callerKey);
    if (ticket !== undefined) return ticket;
    for (const route of untried) {
      if (this.#health.isLastResort(route)) this.#refuse(route, LAST_RESORT);
    }
    return undefined;
  }

  #refuse(route: Route, refused: Refused): void {
    (this.#refused ??= new Map()).set(route, refused);
  }

  #admitting({ backend }: Route): Admitting {
    const { prefersKey, callerKey } = this.#options;
    return { prefers: prefersKey, callerKey: () => callerKey(backend) };
  }

  /** Whether the request has an attempt left for it; another key of a pool belongs to the same one. */
  #mayTry(route: Route): boolean {
    return this.#tried.length < this.#options.settings.maxAttempts || this.#tried.includes(route);
  }
}

function counted(attempts: number): string {
  return attempts === 1 ? "1 attempt" : `${attempts} attempts`;
}

function passed(route: Route, reason: string, waitMs: number | undefined): PassedOver {
  const retryAfterMs = waitMs === Infinity ? undefined : waitMs;
  return { backend: route.backend.name, model: route.model, reason, retryAfterMs };
}
