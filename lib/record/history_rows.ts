/**
 * What the history keeps, a row a request and a row an attempt, and how it is asked. Instants are
 * milliseconds since the epoch, spans milliseconds from the request's arrival; undefined where not
 * known.
 */

export interface RequestRow {
  readonly id: string;
  readonly receivedAtMs: number;
  /** The name of an entry of `clients`; empty where the caller is not known by name. */
  readonly caller: string;
  /** Empty where the request was refused before it was understood; the same for the three below. */
  readonly alias: string;
  /** Who answered, or was tried last. */
  readonly backend: string;
  readonly model: string;
  readonly dialect: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number | undefined;
  /** `complete`, `cut` or `caller_left`; `open` for a request still in flight. */
  readonly ending: string;
  /** What cut it; empty when complete. */
  readonly detail: string;
  readonly streamed: boolean;
  readonly attempts: number;
  readonly fallbacks: number;
  readonly headMs: number | undefined;
  readonly contentMs: number | undefined;
  readonly endMs: number | undefined;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly cachedTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
  readonly tokensPerSecond: number | undefined;
  readonly revision: number;
  /** The name of its log file; empty where there is none. */
  readonly logFile: string;
}

export interface AttemptRow {
  readonly requestId: string;
  /** Counts from 0. */
  readonly index: number;
  readonly backend: string;
  readonly model: string;
  readonly kind: string;
  readonly startedMs: number;
  readonly judgedMs: number;
  readonly status: number | undefined;
  /** The code of what went wrong on the wire; empty for a reply. */
  readonly fault: string;
  /** The row of the table that decided. */
  readonly row: number;
  readonly reason: string;
  readonly action: string;
  /** What cools for it: `route`, `backend` or `key`; empty for nothing. */
  readonly cooled: string;
  readonly cooledMs: number | undefined;
}

export interface RequestFilter {
  readonly alias?: string;
  readonly backend?: string;
  readonly caller?: string;
  readonly status?: "ok" | "failed" | number;
  /** Anywhere in the id, the names, the path or the detail. */
  readonly text?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
}

export interface RequestPage {
  /** Only what is older than this: the last row of the page before. */
  readonly beforeMs?: number;
  readonly beforeId?: string;
  readonly limit: number;
}

export interface UsageQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly bucketMs: number;
  readonly by: "alias" | "backend" | "caller";
}

export interface UsageRow {
  /** When the bucket begins. */
  readonly bucketMs: number;
  readonly name: string;
  readonly requests: number;
  readonly failed: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
}

export interface RequestDetail {
  readonly request: RequestRow;
  readonly attempts: readonly AttemptRow[];
}

/** What the history answers. Never throws; an empty answer where it is off. */
export interface HistoryReader {
  /** Newest first. */
  requests(filter: RequestFilter, page: RequestPage): readonly RequestRow[];
  request(id: string): RequestDetail | undefined;
  usage(query: UsageQuery): readonly UsageRow[];
  names(): {
    readonly aliases: readonly string[];
    readonly backends: readonly string[];
    readonly callers: readonly string[];
  };
}

/** Whether a request counts as failed: its answer says so, or never came whole. */
export function isFailed({ status, ending }: Pick<RequestRow, "status" | "ending">): boolean {
  return ending === "cut" || (status !== undefined && status >= 400) ||
    (status === undefined && ending === "complete");
}
