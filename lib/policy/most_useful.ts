/** Which of several replies tells the caller most about how to go on, in whatever order they came. */
import type { Reply } from "../wire/outcome.ts";
import { type ErrorClass, errorClassOfReply } from "./error_class.ts";
import type { FailedAttempt } from "./exhausted.ts";

/** What a reply is to the caller, the most useful first. */
const RANKS = [
  "too_long", // the caller can shorten it, and clients do
  "later", // 429: it can wait
  "our_key", // a 401 or 403 of a key that is injected
  "mistake", // another 4xx
  "broken", // 5xx
  "elsewhere", // 3xx
  "error_in_200",
  "callers_key", // a 401 or 403 of the caller's own, which need not belong to that provider
] as const;

type Rank = typeof RANKS[number];

interface Candidate {
  readonly attempt: FailedAttempt;
  readonly reply: Reply;
  readonly rank: Rank;
}

/** Undefined where no backend gave a reply that a caller could get. */
export function mostUsefulReply(failed: readonly FailedAttempt[]): Reply | undefined {
  const candidates = failed.flatMap((attempt): Candidate[] => {
    const { outcome: reply, ifLast } = attempt;
    if (reply.kind === "fault" || ifLast !== "as_it_came") return [];
    return [{ attempt, reply, rank: rankOf(reply, attempt) }];
  });
  const [best] = candidates.sort(compare);
  return best?.reply;
}

function rankOf(reply: Reply, { route: { backend } }: FailedAttempt): Rank {
  const { status } = reply;
  const about = errorClassOfReply(reply);
  if (about.kind === "too_long") return "too_long";
  if (status === 429) return "later";
  if (isOfKey(status, about)) return backend.auth === "inject" ? "our_key" : "callers_key";
  if (status >= 500) return "broken";
  if (status >= 400) return "mistake";
  return status >= 300 ? "elsewhere" : "error_in_200";
}

function isOfKey(status: number, about: ErrorClass): boolean {
  if (about.kind === "refused_key") return true;
  return (status === 401 || status === 403) && about.kind === "no_money";
}

/**
 * By rank, then the one that is over first; equals in the order of the routes. What still is equal differs
 * only in its words, which decide so that the order of the attempts never does.
 */
function compare(a: Candidate, b: Candidate): number {
  return RANKS.indexOf(a.rank) - RANKS.indexOf(b.rank) ||
    ascending(waitMs(a), waitMs(b)) ||
    ascending(a.attempt.route.priority, b.attempt.route.priority) ||
    ascending(placeOf(a), placeOf(b)) ||
    ascending(a.reply.status, b.reply.status) ||
    ascending(wordsOf(a), wordsOf(b));
}

function ascending(a: number | string, b: number | string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Only of what can be waited for. A 429 that does not say how long comes last. */
function waitMs({ rank, attempt: { finding } }: Candidate): number {
  if (rank !== "later") return 0;
  return (finding.kind === "failed" ? finding.hint?.ms : undefined) ?? Infinity;
}

function placeOf({ attempt: { route } }: Candidate): string {
  return JSON.stringify([route.backend.name, route.model]);
}

function wordsOf({ reply: { errorText, headers } }: Candidate): string {
  return JSON.stringify([errorText, headers]);
}
