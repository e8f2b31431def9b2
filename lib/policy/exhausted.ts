/** What the caller gets when no attempt succeeded: the most useful thing seen, whole. */
import type { Route } from "../config/snapshot.ts";
import type { Problem } from "../dialect/dialect.ts";
import type { Finding, HealthChange } from "../state/health.ts";
import type { Outcome } from "../wire/outcome.ts";
import type { Answer, IfLast } from "./judge.ts";
import { mostUsefulReply } from "./most_useful.ts";

/** An attempt that did not answer the caller. */
export interface FailedAttempt {
  readonly route: Route;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly ifLast: IfLast;
  readonly row: number;
  readonly finding: Finding;
  readonly change: HealthChange;
  /** Whether it failed on purpose, and says nothing of the request. */
  readonly isDrill: boolean;
  /** Whether its route was cooling before, for a reason of its own. */
  readonly isLastResort: boolean;
}

/** A route that was not tried, and when it may be. */
export interface PassedOver {
  readonly backend: string;
  readonly model: string;
  readonly reason: string;
  /** Undefined when only an edit of the configuration would change it. */
  readonly retryAfterMs: number | undefined;
}

/** The most useful answer after every attempt failed or none could be made. */
export function lastAnswer(
  failed: readonly FailedAttempt[],
  passedOver: readonly PassedOver[],
): Answer {
  const reply = mostUsefulReply(failed);
  if (reply !== undefined) return { kind: "reply", reply };
  const problem = failed.length > 0 ? allFailed(failed, passedOver) : noneTried(passedOver);
  return { kind: "problem", problem };
}

/** Frees the replies that the caller does not get; one too large to hold is still coming in. */
export function discardOthers(
  failed: readonly FailedAttempt[],
  answer: Answer | undefined,
): void {
  const chosen = answer?.kind === "reply" ? answer.reply : undefined;
  for (const { outcome } of failed) {
    if (outcome.kind === "reply" && outcome !== chosen) outcome.body.discard();
  }
}

function allFailed(
  failed: readonly FailedAttempt[],
  passedOver: readonly PassedOver[],
): Problem {
  const told = failed.map(({ route, reason }) => {
    return `${route.backend.name} (${route.model}): ${reason}`;
  });
  const message = `No backend answered. ${[...told, ...skippedWords(passedOver)].join("; ")}.`;
  // Whoever was not asked for want of a descriptor might have answered.
  if (failed.some(({ ifLast }) => ifLast === 503)) {
    return { status: 503, code: "out_of_resources", message, retryAfterMs: SHORTAGE_MS };
  }
  const isLate = failed.every(({ ifLast }) => ifLast === 504);
  return isLate
    ? { status: 504, code: "all_backends_timed_out", message }
    : { status: 502, code: "all_backends_failed", message };
}

/** When a caller may come again whose request found no descriptor, port or memory. */
const SHORTAGE_MS = 1_000;

function noneTried(passedOver: readonly PassedOver[]): Problem {
  const waits = passedOver.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  const message = `No backend can be tried now. ${skippedWords(passedOver).join("; ")}.`;
  const problem = { status: 503, code: "no_backend_available", message };
  return waits.length === 0 ? problem : { ...problem, retryAfterMs: Math.min(...waits) };
}

function skippedWords(passedOver: readonly PassedOver[]): string[] {
  return passedOver.map(({ backend, model, reason }) => `${backend} (${model}): ${reason}`);
}
