/** Waits until a 2xx reply of an inference call can be judged; from then on only reads along. */
import { EncodedObserver, PlainObserver } from "./body_observers.ts";
import { Examination, type ExaminationOptions, JSON_HOLD_BYTES } from "./examination.ts";
import type { StreamGate } from "./gate.ts";
import type { HeldBody } from "./held_body.ts";
import type { Inspection } from "./inspection.ts";
import type { Leaving } from "./leaving.ts";
import { isJson, Wait } from "./wait.ts";

export interface InspectOptions extends ExaminationOptions {
  /** The body's Content-Encoding; undefined for none. */
  readonly coding: string | undefined;
  /** Longest wait for the first content of a stream, or for JSON: what has begun is committed then. */
  readonly firstContentMs: number;
  /** After that time from the head, a stream that shows that it lives is committed; `Infinity` for never. */
  readonly holdMs: number;
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
    wait.look();
    if (!examination.isAwaited) body.spare();
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
  if (examination.isAwaited) body.cutAfter(wait.leftMs, wait.lateWords);
  return { inspection, errorText: examination.errorText, gate: examination.gate };
}
