/** The last quarter of an hour in steps of 15 s: how much went where, how well, and how soon. */

const STEP_MS = 15_000;
const STEPS = 60;

/** How much of the window the figures are about: 5 minutes. */
const RECENT_STEPS = 20;

/** Times kept a step, at most: of more, the newest. */
const MOST_TIMES = 100;

/** A default backend makes a route of every model's name that callers think of. */
const MOST_SUBJECTS = 500;

export interface Figures {
  /** Attempts (of a whole proxy: requests) that ended in the last 5 minutes. */
  readonly count: number;
  readonly failed: number;
  readonly perMinute: number;
  /** From 0 to 1; undefined where nothing ended. */
  readonly successRate: number | undefined;
  /** From an attempt's start to its first content. */
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
}

/** One value a step, the oldest first; the last step is still under way. */
export interface Series {
  readonly stepMs: number;
  readonly ok: readonly number[];
  readonly failed: readonly number[];
  readonly p50Ms: readonly (number | undefined)[];
  readonly p95Ms: readonly (number | undefined)[];
}

interface Step {
  readonly number: number;
  ok: number;
  failed: number;
  readonly timesMs: number[];
}

export class Window {
  readonly #subjects = new Map<string, Step[]>();
  readonly #monotonicMs: () => number;

  constructor({ monotonicMs }: { readonly monotonicMs: () => number }) {
    this.#monotonicMs = monotonicMs;
  }

  /** Takes note of how one ended. */
  ended(subject: string, isOk: boolean): void {
    const step = this.#step(subject);
    if (step === undefined) return;
    if (isOk) step.ok++;
    else step.failed++;
  }

  /** Takes note of a time to first content. */
  came(subject: string, ms: number): void {
    const times = this.#step(subject)?.timesMs;
    if (times === undefined) return;
    if (times.length >= MOST_TIMES) times.shift();
    times.push(ms);
  }

  figures(subject: string): Figures {
    const newest = this.#number();
    const steps = this.#known(subject).filter(({ number }) => number > newest - RECENT_STEPS);
    const failed = sum(steps, (step) => step.failed);
    const count = failed + sum(steps, (step) => step.ok);
    const times = steps.flatMap(({ timesMs }) => timesMs);
    return {
      count,
      failed,
      perMinute: count / (RECENT_STEPS * STEP_MS / 60_000),
      successRate: count === 0 ? undefined : (count - failed) / count,
      p50Ms: quantile(times, 0.5),
      p95Ms: quantile(times, 0.95),
    };
  }

  series(subject: string): Series {
    const first = this.#number() - STEPS + 1;
    const known = new Map(this.#known(subject).map((step) => [step.number, step]));
    const steps = Array.from({ length: STEPS }, (_, index) => known.get(first + index));
    return {
      stepMs: STEP_MS,
      ok: steps.map((step) => step?.ok ?? 0),
      failed: steps.map((step) => step?.failed ?? 0),
      p50Ms: steps.map((step) => quantile(step?.timesMs ?? [], 0.5)),
      p95Ms: steps.map((step) => quantile(step?.timesMs ?? [], 0.95)),
    };
  }

  #number(): number {
    return Math.floor(this.#monotonicMs() / STEP_MS);
  }

  #known(subject: string): readonly Step[] {
    return this.#subjects.get(subject) ?? [];
  }

  /** The step under way; undefined where there are too many subjects. */
  #step(subject: string): Step | undefined {
    const number = this.#number();
    let steps = this.#subjects.get(subject);
    if (steps === undefined) {
      if (this.#subjects.size >= MOST_SUBJECTS) this.#forgetIdle(number);
      if (this.#subjects.size >= MOST_SUBJECTS) return undefined;
      this.#subjects.set(subject, steps = []);
    }
    const latest = steps.at(-1);
    if (latest?.number === number) return latest;
    const step = { number, ok: 0, failed: 0, timesMs: [] };
    steps.push(step);
    while ((steps[0]?.number ?? number) <= number - STEPS) steps.shift();
    return step;
  }

  #forgetIdle(number: number): void {
    for (const [subject, steps] of this.#subjects) {
      if ((steps.at(-1)?.number ?? 0) <= number - STEPS) this.#subjects.delete(subject);
    }
  }
}

function sum(steps: readonly Step[], of: (step: Step) => number): number {
  return steps.reduce((total, step) => total + of(step), 0);
}

/** By nearest rank; undefined of nothing. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
