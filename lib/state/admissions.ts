/** One request's way through its plan: which route may be tried next, and when there is none left. */
import type { FallbackSettings, Route } from "../config/snapshot.ts";
import type { PassedOver } from "../policy/exhausted.ts";
import type { Plan } from "../policy/plan.ts";
import type { Scope } from "../policy/judge.ts";
import type { Health, Refused, Ticket } from "./health.ts";

export class Admissions {
  readonly #plan: Plan;
  readonly #health: Health;
  readonly #settings: FallbackSettings;
  readonly #spent = new Set<Route>();
  readonly #keysTried = new Map<Route, number>();
  readonly #refused = new Map<Route, Refused>();
  #latest: Ticket | undefined;
  #attempts = 0;

  constructor(plan: Plan, health: Health, settings: FallbackSettings) {
    this.#plan = plan;
    this.#health = health;
    this.#settings = settings;
  }

  /** The next ticket; undefined when no route is left or the request has had its attempts. */
  next(): Ticket | undefined {
    if (this.#attempts >= this.#settings.maxAttempts) return undefined;
    const ticket = this.#firstAdmitted() ?? this.#lastResort();
    if (ticket !== undefined) this.#attempts++;
    this.#latest = ticket;
    return ticket;
  }

  /** A fault of ours between a ticket and its finding must not keep the ticket out. */
  [Symbol.dispose](): void {
    if (this.#latest !== undefined) this.#health.drop(this.#latest);
  }

  get attempts(): number {
    return this.#attempts;
  }

  /** The ticket's attempt failed: its route is used up, unless another key of its pool may do. */
  failed({ route }: Ticket, cooled: Scope): void {
    const keysTried = (this.#keysTried.get(route) ?? 0) + 1;
    this.#keysTried.set(route, keysTried);
    // Counted, because cooldown_seconds: 0 lets health admit a refused key again at once.
    if (cooled !== "key" || keysTried >= route.backend.keys.length) this.#spent.add(route);
  }

  /** The routes that were not tried, and why. */
  passedOver(): PassedOver[] {
    const refused = [...this.#refused].filter(([route]) => !this.#spent.has(route));
    return [
      ...refused.map(([route, { reason, retryAfterMs }]) => passed(route, reason, retryAfterMs)),
      ...this.#plan.skipped.map(({ route, reason }) => passed(route, reason, undefined)),
    ];
  }

  #firstAdmitted(): Ticket | undefined {
    for (const route of this.#plan.routes) {
      if (this.#spent.has(route)) continue;
      const admission = this.#health.admit(route);
      if (admission.kind === "admitted") return admission.ticket;
      this.#refused.set(route, admission);
    }
    return undefined;
  }

  /** Where all routes are cooling, one attempt at the one that recovers soonest. */
  #lastResort(): Ticket | undefined {
    if (this.#attempts > 0 || this.#settings.whenAllCooling === "reject") return undefined;
    const cooling = [...this.#refused].filter(([, { cause }]) => cause !== "at_capacity");
    const until = ([route]: [Route, Refused]) => this.#health.look(route).untilMs;
    const [soonest] = cooling.sort((a, b) => until(a) - until(b));
    return soonest === undefined ? undefined : this.#health.admitAnyway(soonest[0]);
  }
}

function passed(route: Route, reason: string, retryAfterMs: number | undefined): PassedOver {
  return { backend: route.backend.name, model: route.model, reason, retryAfterMs };
}
