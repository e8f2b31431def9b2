/**
 * Backends that fail on purpose, each for a while. A drill keeps its own account of health, so that
 * nothing of it is left when it is over. No timer: its end is an instant, compared when somebody asks.
 */
import type { Backend, Snapshot } from "../config/snapshot.ts";
import { HealthBook } from "./health_book.ts";

/** 429: a rate limit · cut: an answer that breaks off · hang: no answer · html200: a page instead. */
export const DRILL_KINDS = ["429", "cut", "hang", "html200"] as const;
export type DrillKind = typeof DRILL_KINDS[number];

export const DEFAULT_DRILL_MS = 60_000;
export const LONGEST_DRILL_MS = 600_000;

/** One backend's drill. Instants are milliseconds on a monotonic clock. */
export interface Drill {
  /** The name of the backend. */
  readonly backend: string;
  readonly kind: DrillKind;
  readonly untilMs: number;
  /** In force instead of what is really known of the backend. It begins as if the backend were well. */
  readonly book: HealthBook;
  /** Aborts when the drill ends early. */
  readonly ended: AbortSignal;
}

interface Running {
  readonly drill: Drill;
  readonly controller: AbortController;
}

export class Drills {
  readonly #running = new Map<string, Running>();
  readonly #monotonicMs: () => number;

  constructor({ monotonicMs }: { readonly monotonicMs: () => number }) {
    this.#monotonicMs = monotonicMs;
  }

  /** Begins a drill, in place of one that the backend may have already. */
  start({ name }: Backend, { kind, forMs }: { kind: DrillKind; forMs: number }): Drill {
    this.end(name);
    const controller = new AbortController();
    const drill: Drill = {
      backend: name,
      kind,
      untilMs: this.#monotonicMs() + Math.min(forMs, LONGEST_DRILL_MS),
      book: new HealthBook({ monotonicMs: this.#monotonicMs }),
      ended: controller.signal,
    };
    this.#running.set(name, { drill, controller });
    return drill;
  }

  /** Ends the drill of a backend of that name; undefined where there is none. */
  end(name: string): Drill | undefined {
    const running = this.#running.get(name);
    if (running === undefined) return undefined;
    this.#running.delete(name);
    running.controller.abort();
    return this.#isOver(running.drill) ? undefined : running.drill;
  }

  /** The drill of a backend; undefined where it has none, or none any more. */
  of({ name }: Pick<Backend, "name">): Drill | undefined {
    if (this.#running.size === 0) return undefined;
    const drill = this.#running.get(name)?.drill;
    if (drill === undefined || !this.#isOver(drill)) return drill;
    this.end(name);
    return undefined;
  }

  all(): Drill[] {
    return [...this.#running.keys()].flatMap((name) => this.of({ name }) ?? []);
  }

  leftMs({ untilMs }: Drill): number {
    return Math.max(0, untilMs - this.#monotonicMs());
  }

  /** Ends the drills of backends that the snapshot does not have. */
  retain({ backends }: Pick<Snapshot, "backends">): void {
    for (const name of this.#running.keys()) if (!backends.has(name)) this.end(name);
  }

  #isOver(drill: Drill): boolean {
    return this.leftMs(drill) <= 0;
  }
}
