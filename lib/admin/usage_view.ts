/** Tokens and requests over time, by alias, backend or caller; as JSON and as CSV. */
import type { UsageQuery } from "../record/history_usage.ts";
import type { UsageRow } from "../record/history_rows.ts";
import type { AdminContext } from "./context.ts";
import { positive } from "./request_list.ts";

export interface UsageView {
  readonly query: UsageQuery;
  readonly rows: readonly UsageRow[];
  readonly hasHistory: boolean;
}

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** Buckets in one answer, at most. */
const MOST_BUCKETS = 750;

/** What the query asks for: `by`, `from` and `to`, or the `span` up to now; `bucket`. Default: the last day by alias. */
export function usageView(query: URLSearchParams, context: AdminContext): UsageView {
  const asked = queryOf(query, context.state.clock.now().getTime());
  const rows = context.history.usage(asked);
  return { query: asked, rows, hasHistory: context.current().history.file !== "" };
}

function queryOf(query: URLSearchParams, nowMs: number): UsageQuery {
  const toMs = positive(query.get("to")) ?? nowMs + 1;
  const spanMs = Math.min(toMs, positive(query.get("span")) ?? DAY_MS);
  const fromMs = Math.min(toMs, positive(query.get("from")) ?? toMs - spanMs);
  const shortest = Math.max(60_000, Math.ceil((toMs - fromMs) / MOST_BUCKETS));
  const bucketMs = Math.max(shortest, positive(query.get("bucket")) ?? HOUR_MS);
  return { fromMs, toMs, bucketMs, by: byOf(query.get("by")) };
}

function byOf(written: string | null): UsageQuery["by"] {
  return written === "backend" || written === "caller" ? written : "alias";
}

const COLUMNS = [
  ["requests", ({ requests }: UsageRow) => requests],
  ["failed", ({ failed }: UsageRow) => failed],
  ["input_tokens", ({ inputTokens }: UsageRow) => inputTokens],
  ["output_tokens", ({ outputTokens }: UsageRow) => outputTokens],
  ["cached_tokens", ({ cachedTokens }: UsageRow) => cachedTokens],
  ["reasoning_tokens", ({ reasoningTokens }: UsageRow) => reasoningTokens],
] as const;

/** https://www.rfc-editor.org/rfc/rfc4180 */
export function usageCsv({ query: { by }, rows }: UsageView): string {
  const head = ["time", by, ...COLUMNS.map(([name]) => name)];
  const lines = rows.map((row) => [
    new Date(row.bucketMs).toISOString(),
    row.name,
    ...COLUMNS.map(([, of]) => String(of(row))),
  ]);
  return [head, ...lines].map((line) => `${line.map(csvCell).join(",")}\r\n`).join("");
}

/**
 * A spreadsheet takes a cell for a formula that begins like one, also behind white space and quotes
 * and in full-width characters: an apostrophe before it makes it text.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[\s\p{C}\p{Z}"'`\u2018-\u201f]*[=+\-@|%\u2212]/u;
const MOVES_ON = /^[\t\r\n\v\f]/;

function csvCell(text: string): string {
  const isActive = MOVES_ON.test(text) || FORMULA.test(text.normalize("NFKC"));
  return `"${isActive ? "'" : ""}${text.replaceAll('"', '""')}"`;
}
