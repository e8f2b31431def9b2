/** How soon each route lately came to its first content. */
import type { Route, Snapshot } from "../config/snapshot.ts";
import { routeSubject, type Subject } from "./subjects.ts";

/** How much the newest time counts in the smoothed one. */
const ALPHA = 0.3;

/** How long a time is good for, so that a route that was slow gets measured again. */
const KNOWN_FOR_MS = 5 * 60_000;

const MOST_ROUTES = 10_000;

interface Timing {
  readonly ms: number;
  readonly notedAtMs: number;
}

export class Timings {
  /** The longest ago noted first. */
  readonly #timings = new Map<Subject, Timing>();
  readonly #monotonicMs: () => number;

  constructor({ monotonicMs }: { readonly monotonicMs: () => number }) {
    this.#monotonicMs = monotonicMs;
  }

  /** Takes note of the time from an attempt's start to its first content. */
  note(route: Route, ms: number): void {
    const subject = routeSubject(route);
    const before = this.#known(subject);
    const smoothed = before === undefined ? ms : before + ALPHA * (ms - before);
    this.#timings.delete(subject);
    this.#timings.set(subject, { ms: smoothed, notedAtMs: this.#monotonicMs() });
    if (this.#timings.size > MOST_ROUTES) this.#forgetOldest();
  }

  /** An exponentially weighted mean in ms; undefined when no time was noted for 5 minutes. */
  firstContentMs(route: Route): number | undefined {
    return this.#known(routeSubject(route));
  }

  /** Forgets the routes that the snapshot does not have. */
  retain(snapshot: Snapshot): void {
    const routes = [...snapshot.aliases.values()].flatMap((alias) => alias.routes);
    const kept = new Set(routes.map(routeSubject));
    for (const subject of this.#timings.keys()) {
      if (!kept.has(subject)) this.#timings.delete(subject);
    }
  }

  #known(subject: Subject): number | undefined {
    const timing = this.#timings.get(subject);
    if (timing === undefined) return undefined;
    const age = this.#monotonicMs() - timing.notedAtMs;
    return age < KNOWN_FOR_MS ? timing.ms : undefined;
  }

  #forgetOldest(): void {
    for (const oldest of this.#timings.keys()) {
      this.#timings.delete(oldest);
      return;
    }
  }
}
