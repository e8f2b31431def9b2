/** The wait for what a body shows. Most bodies show it at once, and then nothing is waited for. */
import type { Examination } from "./examination.ts";
import type { Inspection } from "./inspection.ts";
import type { Leaving } from "./leaving.ts";
import { CATCH_UP_MS, overslept } from "./overslept.ts";

/** Both from the response's head. */
export interface WaitOptions {
  /** Longest wait for the first content. */
  readonly firstContentMs: number;
  /** From when on a stream need only show that it lives; `Infinity` for never. */
  readonly holdMs: number;
}

export class Wait {
  readonly #examination: Examination;
  readonly #options: WaitOptions;
  readonly #sinceMs = performance.now();
  /** Whether a sign of life is enough by now. */
  #isLong = false;
  #result: Inspection | undefined;
  #resolve: ((inspection: Inspection | undefined) => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(examination: Examination, options: WaitOptions) {
    this.#examination = examination;
    this.#options = options;
    this.#isLong = options.holdMs <= 0;
  }

  /** Undefined while there is none. */
  get result(): Inspection | undefined {
    return this.#result;
  }

  /** What is left of the time for the first content, in milliseconds. */
  get leftMs(): number {
    return this.#leftOf(this.#options.firstContentMs);
  }

  /** What is said of a body that let that time go by. */
  get lateWords(): string {
    return `no content came within ${this.#options.firstContentMs / 1000} s`;
  }

  /** Something has come: it is over where that tells enough. Only the first result counts. */
  look(): void {
    if (this.#isLong) this.#examination.commitLiving();
    const { inspection } = this.#examination;
    if (inspection !== undefined) this.#over(inspection);
  }

  /** Resolves with the result, at the latest after the time for the first content; undefined when the caller left. */
  async begin(signal: Leaving): Promise<Inspection | undefined> {
    if (signal.aborted) return undefined;
    const { promise, resolve } = Promise.withResolvers<Inspection | undefined>();
    this.#resolve = resolve;
    const leave = () => resolve(undefined);
    signal.addEventListener("abort", leave);
    this.#setTimer();
    const inspection = await promise;
    clearTimeout(this.#timer);
    signal.removeEventListener("abort", leave);
    return inspection;
  }

  /** One timer: for the sign of life first, where that comes first. */
  #setTimer(): void {
    const { holdMs, firstContentMs } = this.#options;
    const isFirst = !this.#isLong && holdMs < firstContentMs;
    if (isFirst) this.#after(this.#leftOf(holdMs), () => this.#long());
    else this.#after(this.leftMs, () => this.#late());
  }

  #after(ms: number, act: () => void): void {
    const dueMs = performance.now() + ms;
    this.#timer = setTimeout(() => {
      if (overslept(dueMs)) this.#timer = setTimeout(act, CATCH_UP_MS);
      else act();
    }, ms);
  }

  #long(): void {
    this.#isLong = true;
    this.look();
    if (this.#result === undefined) this.#setTimer();
  }

  #late(): void {
    // JSON that has begun is committed: a limit of ours is no failure of the backend's.
    if (isJson(this.#examination)) this.#examination.release();
    const waitedMs = this.#options.firstContentMs;
    this.#over(this.#examination.inspection ?? { kind: "no_content", waitedMs });
  }

  #over(inspection: Inspection): void {
    this.#result ??= inspection;
    this.#resolve?.(this.#result);
  }

  #leftOf(ms: number): number {
    return Math.max(0, ms - (performance.now() - this.#sinceMs));
  }
}

/** Whether a body has begun, and is no stream. */
export function isJson({ hasBegun, gate }: Examination): boolean {
  return hasBegun && gate === undefined;
}
