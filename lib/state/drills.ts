/**
 * Backends that fail on purpose, each for a while. A drill keeps its own account of health, so that
 * nothing of it is left when it is over. No timer: its end is an instant, compared when somebody asks.
 */
import type { Backend, Snapshot } from "../config/snapshot.ts";
import { HealthBook } from "./health_book.ts";
import { RecentMap } from "./recent_map.ts";
import { type Shared, together } from "./shared.ts";

/**
 * Errors by status: 401 a refused key · 402 no money · 404 no such model · 429 a rate limit · 503
 * overloaded; in a 200: error200 · empty200 nothing · html200 a page; in time: hang no answer · slow503 an
 * error whose body never ends · pings signs of life and no more; in an answer: cut · error_event.
 */
export const DRILL_KINDS = [
  ...["401", "402", "404", "429", "503"] as const,
  ...["cut", "empty200", "error200", "error_event", "hang", "html200", "pings", "slow503"] as const,
] as const;
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

/** What the event loops agree on. */
interface Agreed {
  readonly id: string;
  readonly kind: DrillKind;
  readonly untilMs: number;
}

/** This loop's part in it. */
interface Running {
  readonly id: string;
  readonly drill: Drill;
  readonly controller: AbortController;
}

export interface DrillsOptions {
  readonly monotonicMs: () => number;
  /** Default: there is one event loop. */
  readonly shared?: Shared | undefined;
}

export class Drills {
  readonly #agreed: RecentMap<Agreed>;
  readonly #running = new Map<string, Running>();
  readonly #monotonicMs: () => number;
  readonly #shared: Shared | undefined;
  #latest = 0;

  constructor({ monotonicMs, shared }: DrillsOptions) {
    this.#monotonicMs = monotonicMs;
    this.#shared = shared;
    const onOthers = () => this.#follow();
    this.#agreed = new RecentMap(Infinity, { shared, name: "drills", rings: true, onOthers });
  }

  /** Begins a drill, in place of one that the backend may have already. */
  start({ name }: Backend, { kind, forMs }: { kind: DrillKind; forMs: number }): Drill {
    return together(this.#shared, () => {
      this.end(name);
      const id = `${this.#shared?.loop ?? 0}:${this.#latest++}:${name}`;
      const untilMs = this.#monotonicMs() + Math.min(forMs, LONGEST_DRILL_MS);
      const { drill } = this.#begin(name, { id, kind, untilMs });
      drill.book.beginTurns({ name });
      this.#agreed.set(name, { id, kind, untilMs });
      return drill;
    });
  }

  /** Ends the drill of a backend of that name; undefined where there is none. */
  end(name: string): Drill | undefined {
    const drill = this.#agreed.has(name) ? this.#running.get(name)?.drill : undefined;
    if (drill === undefined) return undefined;
    this.#agreed.delete(name);
    this.#follow();
    return this.#isOver(drill) ? undefined : drill;
  }

  /** The drill of a backend; undefined where it has none, or none any more. */
  of({ name }: Pick<Backend, "name">): Drill | undefined {
    if (this.#agreed.size === 0) return undefined;
    const drill = this.#running.get(name)?.drill;
    if (drill === undefined || !this.#isOver(drill)) return drill;
    this.end(name);
    return undefined;
  }

  all(): Drill[] {
    return this.#names().flatMap((name) => this.of({ name }) ?? []);
  }

  leftMs({ untilMs }: Drill): number {
    return Math.max(0, untilMs - this.#monotonicMs());
  }

  /** Ends the drills of backends that the snapshot does not have. */
  retain({ backends }: Pick<Snapshot, "backends">): void {
    for (const name of this.#names()) if (!backends.has(name)) this.end(name);
  }

  #names(): string[] {
    return [...this.#agreed.entries()].map(([name]) => name);
  }

  /** Does here what was agreed, in this loop or another. */
  #follow(): void {
    const agreed = new Map(this.#agreed.entries());
    for (const [name, { id }] of this.#running) {
      if (agreed.get(name)?.id !== id) this.#stop(name);
    }
    for (const [name, each] of agreed) if (!this.#running.has(name)) this.#begin(name, each);
  }

  #begin(name: string, { id, kind, untilMs }: Agreed): Running {
    const controller = new AbortController();
    const book = new HealthBook({
      monotonicMs: this.#monotonicMs,
      shared: this.#shared,
      drill: id,
    });
    const drill: Drill = { backend: name, kind, untilMs, book, ended: controller.signal };
    const running = { id, drill, controller };
    this.#running.set(name, running);
    return running;
  }

  #stop(name: string): void {
    const { drill, controller } = this.#running.get(name)!;
    this.#running.delete(name);
    drill.book.close();
    // Who waits for it may ask for the lock, or take long.
    if (this.#shared === undefined) controller.abort();
    else this.#shared.afterwards(() => controller.abort());
  }

  #isOver(drill: Drill): boolean {
    return this.leftMs(drill) <= 0;
  }
}
