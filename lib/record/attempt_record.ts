import type { AttemptKind } from "../policy/cooldown.ts";
import type { Verdict } from "../policy/judge.ts";
import type { DrillKind } from "../state/drills.ts";
import type { HealthChange } from "../state/health.ts";
import type { Outcome, Reply } from "../wire/outcome.ts";
import type { Outgoing } from "../wire/outgoing.ts";
import type { BodyCapture } from "./body_capture.ts";
import type { NextStep } from "./next_step.ts";
import type { ReplyNotes } from "./reply_notes.ts";

/** One try of one route, as recorded. Milliseconds count from the request's arrival. */
export interface AttemptRecord {
  readonly backend: string;
  readonly model: string;
  /** Which of its backend's keys was sent; empty where there is no choice of them. */
  readonly key: string;
  readonly kind: AttemptKind;
  readonly url: string;
  readonly startedMs: number;
  /** When the outcome was known: the response head, for a reply that was relayed. */
  readonly judgedMs: number;
  readonly outcome: Outcome;
  readonly verdict: Verdict;
  readonly change: HealthChange;
  /** What followed, where it failed; only entry.ts changes it. */
  next: NextStep;
  readonly notes: ReplyNotes;
  /** The drill that answered in the backend's place; undefined where none did. */
  readonly drill?: DrillKind | undefined;
  /** The body of a failed reply as far as it was held, bounded; empty where there is none. */
  readonly errorBody: BodyCapture;
}

/** What whoever tried a route has to tell of it. */
export type Tried =
  & Pick<AttemptRecord, "startedMs" | "notes" | "outcome" | "verdict" | "change">
  & { readonly request: Outgoing };

/** Whether the log shows a reply's body as an error's. */
export function isFailedReply(outcome: Outcome, verdict: Verdict): outcome is Reply {
  return outcome.kind === "reply" && (outcome.status >= 400 || verdict.action === "fallback");
}
