/** What a record says of tokens and of times, wherever it says so. */
import type { AttemptRecord, Entry } from "./entry.ts";

/** Undefined where the backend does not say. */
export interface Tokens {
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly cachedTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
}

/** The tokens of a request's answer. */
export function tokensOf(entry: Entry): Tokens {
  const usage = "usage" in entry ? entry.usage : undefined;
  return {
    inputTokens: numberIn(usage, "inputTokens"),
    outputTokens: numberIn(usage, "outputTokens"),
    cachedTokens: numberIn(usage, "cachedTokens"),
    reasoningTokens: numberIn(usage, "reasoningTokens"),
  };
}

/** The attempt whose reply went to the caller as it came in; undefined where none did. */
export function relayedAttempt({ attempts }: Entry): AttemptRecord | undefined {
  const last = attempts.at(-1);
  if (last?.verdict.action !== "relay" || last.verdict.answer.kind !== "reply") return undefined;
  return last;
}

/** Since the request's arrival; where it was not noted, when the reply could be judged. */
export function headMsOf(attempt: AttemptRecord): number {
  return numberIn(notesOf(attempt), "headMs") ?? attempt.judgedMs;
}

/** Since the request's arrival; what is no stream has its first content when it is judged. */
export function contentMsOf(attempt: AttemptRecord): number {
  return numberIn(notesOf(attempt), "contentMs") ?? attempt.judgedMs;
}

function notesOf(attempt: AttemptRecord): unknown {
  return "notes" in attempt ? attempt.notes : undefined;
}

function numberIn(value: unknown, key: string): number | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const found: unknown = Reflect.get(value, key);
  return typeof found === "number" && Number.isFinite(found) && found >= 0 ? found : undefined;
}
