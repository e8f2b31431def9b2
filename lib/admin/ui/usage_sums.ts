/** Usage added up: a line a name over the buckets, a row a name for the table. */
import type { UsageQuery } from "../../record/history_usage.ts";
import type { UsageRow } from "../../record/history_rows.ts";

export type UsageSum = Omit<UsageRow, "bucketMs">;

/** Names with a line of their own; the rest share one. */
const MOST_LINES = 6;

const NONE: UsageSum = {
  name: "",
  requests: 0,
  failed: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedTokens: 0,
  reasoningTokens: 0,
};

/** The one with most tokens first. */
export function sumsByName(rows: readonly UsageRow[]): readonly UsageSum[] {
  const sums = new Map<string, UsageSum>();
  for (const row of rows) sums.set(row.name, added(sums.get(row.name) ?? NONE, row, row.name));
  return [...sums.values()].sort((a, b) => weightOf(b) - weightOf(a) || b.requests - a.requests);
}

export function total(sums: readonly UsageSum[]): UsageSum {
  return sums.reduce((sum, each) => added(sum, each, ""), NONE);
}

function weightOf({ inputTokens, outputTokens }: UsageSum): number {
  return inputTokens + outputTokens;
}

function added(sum: UsageSum, more: UsageSum, name: string): UsageSum {
  return {
    name,
    requests: sum.requests + more.requests,
    failed: sum.failed + more.failed,
    inputTokens: sum.inputTokens + more.inputTokens,
    outputTokens: sum.outputTokens + more.outputTokens,
    cachedTokens: sum.cachedTokens + more.cachedTokens,
    reasoningTokens: sum.reasoningTokens + more.reasoningTokens,
  };
}

export interface UsageLines {
  /** When each bucket begins, in seconds. */
  readonly times: readonly number[];
  /** Undefined for the one of all others. */
  readonly names: readonly (string | undefined)[];
  readonly values: readonly (readonly number[])[];
}

export function linesOf(
  rows: readonly UsageRow[],
  { query, of }: { readonly query: UsageQuery; readonly of: (row: UsageRow) => number },
): UsageLines {
  const { fromMs, toMs, bucketMs } = query;
  const firstMs = Math.floor(fromMs / bucketMs) * bucketMs;
  const count = Math.floor((toMs - firstMs) / bucketMs) + 1;
  const all = sumsByName(rows).map(({ name }) => name);
  const own = all.slice(0, MOST_LINES);
  const names = all.length > MOST_LINES ? [...own, undefined] : own;
  const values = names.map(() => Array.from({ length: count }, () => 0));
  for (const row of rows) {
    const at = Math.floor((row.bucketMs - firstMs) / bucketMs);
    const found = own.indexOf(row.name);
    const line = values[found < 0 ? MOST_LINES : found];
    if (line !== undefined && at >= 0 && at < count) line[at] = (line[at] ?? 0) + of(row);
  }
  const times = Array.from({ length: count }, (_, at) => (firstMs + at * bucketMs) / 1000);
  return { times, names, values };
}
