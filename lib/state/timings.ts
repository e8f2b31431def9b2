/** How soon each route lately came to its first content. */
import type { Route, Snapshot } from "../config/snapshot.ts";
import { RecentMap } from "./recent_map.ts";
import { type Shared, together } from "./shared.ts";
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

export interface TimingsOptions {
  readonly monotonicMs: () => number;
  /** Default: there is one event loop. */
  readonly shared?: Shared | undefined;
}

export class Timings {
  /** The longest ago noted first. */
  readonly #timings: RecentMap<Timing>;
  readonly #monotonicMs: () => number;
  readonly #shared: Shared | undefined;

  constructor({ monotonicMs, shared }: TimingsOptions) {
    this.#monotonicMs = monotonicMs;
    this.#shared = shared;
    this.#timings = new RecentMap(MOST_ROUTES, { shared, name: "timings" });
  }

  /** Takes note of the time from an attempt's start to its first content. */
  note(route: Route, ms: number): void {
    const subject = routeSubject(route);
    together(this.#shared, () => {
      const before = this.#known(subject);
      const smoothed = before === undefined ? ms : before + ALPHA * (ms - before);
      this.#timings.set(subject, { ms: smoothed, notedAtMs: this.#monotonicMs() });
    });
  }

  /** An exponentially weighted mean in ms; undefined when no time was noted for 5 minutes. */
  firstContentMs(route: Route): number | undefined {
    return this.#known(routeSubject(route));
  }

  /** Forgets the routes that the snapshot does not have. */
  retain(snapshot: Snapshot): void {
    const routes = [...snapshot.aliases.values()].flatMap((alias) => alias.routes);
    const kept = new Set(routes.map(routeSubject));
    this.#timings.retain((_, subject) => kept.has(subject));
  }

  #known(subject: Subject): number | undefined {
    const timing = this.#timings.get(subject);
    if (timing === undefined) return undefined;
    const age = this.#monotonicMs() - timing.notedAtMs;
    return age < KNOWN_FOR_MS ? timing.ms : undefined;
  }
}
