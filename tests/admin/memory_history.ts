/** A history in memory, in place of the one on disk. */
import type { HistoryReader } from "../../lib/admin/context.ts";
import { matches, newestFirst } from "../../lib/admin/request_match.ts";
import type { UsageQuery } from "../../lib/record/history_usage.ts";
import {
  type HistoryRecord,
  isFailed,
  type RequestRow,
  type UsageRow,
} from "../../lib/record/history_rows.ts";

export interface MemoryHistory extends HistoryReader {
  /** What has been asked so far. */
  readonly asked: unknown[];
}

/** Answers from these requests, whatever happens meanwhile. */
export function memoryHistory(details: readonly HistoryRecord[]): MemoryHistory {
  const rows = details.map(({ request }) => request).sort(newestFirst);
  const asked: unknown[] = [];
  return {
    asked,
    requests(filter, page) {
      asked.push({ filter, page });
      const { beforeMs = Infinity, beforeId = "", limit } = page;
      const older = rows.filter(({ receivedAtMs, id }) =>
        receivedAtMs < beforeMs || (receivedAtMs === beforeMs && id < beforeId)
      );
      return older.filter((row) => matches(row, filter)).slice(0, limit);
    },
    request(id) {
      const found = details.find(({ request }) => request.id === id);
      return found && { request: found.request, attempts: [...found.attempts] };
    },
    usage(query) {
      asked.push(query);
      return usageOf(rows, query);
    },
    names: () => ({
      aliases: [...new Set(rows.map(({ alias }) => alias))],
      backends: [...new Set(rows.map(({ backend }) => backend))],
      callers: [...new Set(rows.map(({ caller }) => caller))].filter((name) => name !== ""),
    }),
  };
}

function usageOf(
  rows: readonly RequestRow[],
  { fromMs, toMs, bucketMs, by }: UsageQuery,
): UsageRow[] {
  const sums = new Map<string, UsageRow>();
  for (const row of rows) {
    if (row.receivedAtMs < fromMs || row.receivedAtMs >= toMs) continue;
    const bucket = Math.floor(row.receivedAtMs / bucketMs) * bucketMs;
    const key = JSON.stringify([bucket, row[by]]);
    const sum = sums.get(key);
    sums.set(key, {
      bucketMs: bucket,
      name: row[by],
      requests: (sum?.requests ?? 0) + 1,
      failed: (sum?.failed ?? 0) + (isFailed(row) ? 1 : 0),
      inputTokens: (sum?.inputTokens ?? 0) + (row.inputTokens ?? 0),
      outputTokens: (sum?.outputTokens ?? 0) + (row.outputTokens ?? 0),
      cachedTokens: (sum?.cachedTokens ?? 0) + (row.cachedTokens ?? 0),
      reasoningTokens: (sum?.reasoningTokens ?? 0) + (row.reasoningTokens ?? 0),
    });
  }
  return [...sums.values()];
}

/** A request of the past, as the history has it. */
export function rowOf(given: Partial<RequestRow> & Pick<RequestRow, "id">): RequestRow {
  return {
    receivedAtMs: Date.UTC(2026, 0, 1),
    caller: "",
    alias: "chat",
    backend: "provider-a",
    model: "model-x",
    dialect: "openai",
    method: "POST",
    path: "/v1/chat/completions",
    status: 200,
    ending: "complete",
    detail: "",
    streamed: true,
    attempts: 1,
    fallbacks: 0,
    headMs: 400,
    contentMs: 400,
    endMs: 2_000,
    requestBytes: 1_000,
    responseBytes: 5_000,
    inputTokens: 1_200,
    outputTokens: 340,
    cachedTokens: 0,
    reasoningTokens: 0,
    tokensPerSecond: 42.5,
    revision: 1,
    logFile: "",
    ...given,
  };
}
