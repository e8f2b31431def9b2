/** Waits until a 2xx reply of an inference call can be judged; from then on only reads along. */
import { EncodedObserver, PlainObserver } from "./body_observers.ts";
import { Examination, type ExaminationOptions, JSON_HOLD_BYTES } from "./examination.ts";
import type { StreamGate } from "./gate.ts";
import type { HeldBody } from "./held_body.ts";
import type { Inspection } from "./inspection.ts";
import type { Leaving } from "./leaving.ts";

export interface InspectOptions extends ExaminationOptions {
  /** The body's Content-Encoding; undefined for none. */
  readonly coding: string | undefined;
  /** Longest wait for the first content of a stream, or for JSON: what has begun is committed then. */
  readonly firstContentMs: number;
  /** Longest silence after that. */
  readonly idleMs: number;
  /** Aborts when the caller goes away. */
  readonly signal: Leaving;
}

export interface Inspected {
  readonly inspection: Inspection;
  /** The error that the body reports, where it reports one. */
  readonly errorText: string;
  /** Reads along to the end; undefined where the body is no stream. */
  readonly gate: StreamGate | undefined;
}

/** Undefined when the caller went away meanwhile. */
export async function inspect(
  body: HeldBody,
  options: InspectOptions,
): Promise<Inspected | undefined> {
  const { coding, idleMs, signal } = options;
  const examination = new Examination(options);
  const wait = new Wait(examination, options);
  const look = () => {
    if (body.heldBytes >= JSON_HOLD_BYTES) examination.release();
    if (isJson(examination)) body.limitSilence(idleMs);
    if (examination.inspection !== undefined) wait.over(examination.inspection);
  };
  body.observe(
    coding === undefined
      ? new PlainObserver(examination, look)
      : new EncodedObserver(examination, { coding, look }),
  );
  // A stream that is not held is passed on from its head.
  look();
  const inspection = wait.result ?? await wait.begin(signal);
  if (inspection === undefined) return undefined;
  body.limitSilence(idleMs);
  return { inspection, errorText: examination.errorText, gate: examination.gate };
}

/** The wait for what a body shows. Most bodies show it at once, and then nothing is waited for. */
class Wait {
  readonly #examination: Examination;
  readonly #firstContentMs: number;
  #result: Inspection | undefined;
  #resolve: ((inspection: Inspection | undefined) => void) | undefined;

  constructor(examination: Examination, { firstContentMs }: { readonly firstContentMs: number }) {
    this.#examination = examination;
    this.#firstContentMs = firstContentMs;
  }

  /** Undefined while there is none. */
  get result(): Inspection | undefined {
    return this.#result;
  }

  /** Only the first result counts. */
  over(inspection: Inspection): void {
    this.#result ??= inspection;
    this.#resolve?.(this.#result);
  }

  /** Resolves with the result, at the latest after the time for the first content; undefined when the caller left. */
  async begin(signal: Leaving): Promise<Inspection | undefined> {
    if (signal.aborted) return undefined;
    const { promise, resolve } = Promise.withResolvers<Inspection | undefined>();
    this.#resolve = resolve;
    const leave = () => resolve(undefined);
    signal.addEventListener("abort", leave);
    const timer = setTimeout(() => this.#late(), this.#firstContentMs);
    const inspection = await promise;
    clearTimeout(timer);
    signal.removeEventListener("abort", leave);
    return inspection;
  }

  #late(): void {
    // JSON that has begun is committed: a limit of ours is no failure of the backend's.
    if (isJson(this.#examination)) this.#examination.release();
    const waitedMs = this.#firstContentMs;
    this.over(this.#examination.inspection ?? { kind: "no_content", waitedMs });
  }
}

function isJson({ hasBegun, gate }: Examination): boolean {
  return hasBegun && gate === undefined;
}
