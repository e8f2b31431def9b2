/** The rows of the history, as whoever shows it reads them. Null stands for what is not known. */

/** One request. Times are epoch milliseconds, spans milliseconds from its arrival. */
export interface RequestRow {
  /** Eight hexadecimal digits; over months two requests may share them: then the newer one counts. */
  readonly id: string;
  readonly receivedAtMs: number;
  /** The name of the `clients` entry; empty where it is unknown. */
  readonly caller: string;
  /** Empty for a request that was refused before it led anywhere. */
  readonly alias: string;
  /** Who answered, or was tried last where the answer is ours; empty where nobody was tried. */
  readonly backend: string;
  readonly model: string;
  /** Empty like the alias. */
  readonly dialect: string;
  readonly method: string;
  /** Without its query, and at most 300 characters of it. */
  readonly path: string;
  /** What the caller got: 499 where it left before; null where we were stopped before. */
  readonly status: number | null;
  readonly ending: "complete" | "cut" | "caller_left";
  /** What went wrong, in words; empty where nothing did. */
  readonly detail: string;
  readonly streamed: boolean;
  readonly attempts: number;
  /** Attempts after which another route was tried; another key of a backend's is none. */
  readonly fallbacks: number;
  readonly headMs: number | null;
  /** When the first content of a stream came. */
  readonly contentMs: number | null;
  readonly endMs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** The tokens as `Usage` counts them. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cachedTokens: number | null;
  readonly reasoningTokens: number | null;
  /** Output tokens a second: of a stream from its head to its end, else from the attempt's start. */
  readonly tokensPerSecond: number | null;
  /** Of the configuration that it was served under. */
  readonly revision: number;
  /** Absolute path of its request log; empty where none is kept. */
  readonly logFile: string;
}

/** One attempt; spans as above. */
export interface AttemptRow {
  readonly requestId: string;
  /** Counts from 0. */
  readonly index: number;
  readonly backend: string;
  readonly model: string;
  /** `key …a3f2`, where the backend has several; else empty. */
  readonly key: string;
  readonly kind: "regular" | "probe" | "last_resort";
  readonly startedMs: number;
  readonly headMs: number | null;
  readonly contentMs: number | null;
  /** When its outcome was known. */
  readonly judgedMs: number;
  /** Null where no backend answered: then `fault` says why. */
  readonly status: number | null;
  readonly fault: string | null;
  /** The rule of docs/failures.md that decided: its row, and its name. */
  readonly row: number;
  readonly rule: string;
  readonly reason: string;
  readonly action: "relay" | "fallback" | "abandon";
  /** What was cooled by it, and for how long; null where nothing was. */
  readonly cooled: string | null;
  readonly cooledMs: number | null;
  /** Its length and why it is that: `300 s, set by cooldown_seconds`. */
  readonly cooledWhy: string | null;
}

/** A request and its attempts in order, as they are written together. */
export interface HistoryRecord {
  readonly request: RequestRow;
  readonly attempts: readonly AttemptRow[];
}

/** Requests of one span of time and one name. A token that is not known counts as none. */
export interface UsageRow {
  /** When the span begins. */
  readonly bucketMs: number;
  readonly name: string;
  readonly requests: number;
  readonly failed: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
}

/** Whether the caller did not get a whole answer with a status below 400. */
export function isFailed({ status, ending, detail }: RequestRow): boolean {
  return status === null || status >= 400 || ending !== "complete" || detail !== "";
}
