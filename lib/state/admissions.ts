/** One request's way through its plan: which route may be tried next, and when there is none left. */
import type { Backend, FallbackSettings, Route } from "../config/snapshot.ts";
import type { PassedOver } from "../policy/exhausted.ts";
import type { Plan } from "../policy/plan.ts";
import type { Verdict } from "../policy/judge.ts";
import type { Admitting, Health, Refused, Ticket } from "./health.ts";

export interface AdmissionsOptions {
  readonly settings: FallbackSettings;
  /** Since the request arrived. */
  readonly elapsedMs: () => number;
  /** Whether a key of a pool is the one that this conversation was served with. */
  readonly prefersKey: (key: string) => boolean;
  /** What stands for the caller's own key that a backend sees; undefined where it sees none. */
  readonly callerKey: (backend: Backend) => string | undefined;
}

export class Admissions {
  readonly #plan: Plan;
  readonly #health: Health;
  readonly #options: AdmissionsOptions;
  readonly #spent = new Set<Route>();
  readonly #keysTried = new Map<Route, number>();
  readonly #refused = new Map<Route, Refused>();
  #latest: Ticket | undefined;
  #attempts = 0;
  #metDrill = false;
  #isLast = false;

  constructor(plan: Plan, health: Health, options: AdmissionsOptions) {
    this.#plan = plan;
    this.#health = health;
    this.#options = options;
  }

  /** The next ticket; undefined when no route is left or the request has had its attempts. */
  next(): Ticket | undefined {
    if (this.#isLast || this.#attempts >= this.#options.settings.maxAttempts) return undefined;
    if (this.#isPastDeadline()) return undefined;
    const ticket = this.#firstAdmitted() ?? this.#lastResort();
    if (ticket !== undefined) this.#attempts++;
    if (ticket?.drill !== undefined) this.#metDrill = true;
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

  get attempts(): number {
    return this.#attempts;
  }

  /** The ticket's attempt failed: its route is used up, unless another key of its pool may do. */
  failed({ route }: Ticket, { cool, movesOn }: Verdict & { readonly action: "fallback" }): void {
    const keysTried = (this.#keysTried.get(route) ?? 0) + 1;
    this.#keysTried.set(route, keysTried);
    // Counted, because cooldown_seconds: 0 lets health admit a refused key again at once.
    if (cool !== "key" || keysTried >= route.backend.keys.length) this.#spent.add(route);
    this.#isLast = !movesOn;
  }

  /** The routes that were not tried, and why. */
  passedOver(): PassedOver[] {
    const refused = [...this.#refused].filter(([route]) => !this.#spent.has(route));
    return [
      ...this.#tooLate(),
      ...refused.map(([route, { reason, retryAfterMs }]) => passed(route, reason, retryAfterMs)),
      ...this.#plan.skipped.map(({ route, reason }) => passed(route, reason, undefined)),
    ];
  }

  /** The first attempt is never too late: a slow upload is no reason to refuse it. */
  #isPastDeadline(): boolean {
    const { settings, elapsedMs } = this.#options;
    return this.#attempts > 0 && elapsedMs() >= settings.deadlineMs;
  }

  #tooLate(): PassedOver[] {
    if (!this.#isPastDeadline()) return [];
    const reason = `deadline_seconds (${this.#options.settings.deadlineMs / 1000}) had passed`;
    return this.#plan.routes
      .filter((route) => !this.#spent.has(route) && !this.#refused.has(route))
      .map((route) => passed(route, reason, undefined));
  }

  #firstAdmitted(): Ticket | undefined {
    for (const route of this.#plan.routes) {
      if (this.#spent.has(route)) continue;
      const admission = this.#health.admit(route, this.#admitting(route));
      if (admission.kind === "admitted") return admission.ticket;
      this.#refused.set(route, admission);
      if (this.#health.isDrilled(route.backend)) this.#metDrill = true;
    }
    return undefined;
  }

  /** Where all routes are cooling, one attempt at the one that recovers soonest. */
  #lastResort(): Ticket | undefined {
    if (this.#attempts > 0 || this.#options.settings.whenAllCooling === "reject") return undefined;
    const soonest = soonestOf(this.#refused, this.#health);
    return soonest === undefined
      ? undefined
      : this.#health.admitAnyway(soonest, this.#admitting(soonest));
  }

  #admitting({ backend }: Route): Admitting {
    const { prefersKey, callerKey } = this.#options;
    return { prefers: prefersKey, callerKey: () => callerKey(backend) };
  }
}

/** Of routes that are refused, the one that recovers soonest; undefined where none is cooling. */
export function soonestOf(
  refused: Iterable<readonly [Route, Refused]>,
  health: Pick<Health, "look">,
): Route | undefined {
  const cooling = [...refused].filter(([, { cause }]) =>
    cause === "cooling" || cause === "probing"
  );
  const [soonest] = cooling.map(([route]) => route)
    .sort((a, b) => health.look(a).untilMs - health.look(b).untilMs);
  return soonest;
}

function passed(route: Route, reason: string, waitMs: number | undefined): PassedOver {
  const retryAfterMs = waitMs === Infinity ? undefined : waitMs;
  return { backend: route.backend.name, model: route.model, reason, retryAfterMs };
}
