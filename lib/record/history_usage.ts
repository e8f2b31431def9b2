/** What was used, added up: by the hour as requests are written, and as it is asked for. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type HistoryRecord, isFailed, type RequestRow, type UsageRow } from "./history_rows.ts";
import { REQUEST_COLUMNS } from "./history_schema.ts";

export interface UsageQuery {
  readonly fromMs: number;
  readonly toMs: number;
  /** Length of the spans, which begin at its multiples. */
  readonly bucketMs: number;
  readonly by: UsageDimension;
}

export type UsageDimension = "alias" | "backend" | "caller";

const DIMENSIONS: readonly UsageDimension[] = ["alias", "backend", "caller"];
const TOKENS = ["inputTokens", "outputTokens", "cachedTokens", "reasoningTokens"] as const;
const HOUR_MS = 3_600_000;

const SUMMED = ["requests", "failed", ...TOKENS.map((key) => REQUEST_COLUMNS[key])];

export class HistoryUsage {
  readonly #db: DatabaseSync;
  readonly #add: StatementSync;
  readonly #prune: StatementSync;
  readonly #prepared = new Map<UsageDimension, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    const sums = SUMMED.map((column) => `${column} = ${column} + excluded.${column}`).join(", ");
    this.#add = db.prepare(
      `INSERT INTO usage_hours (dimension, hour_ms, name, ${SUMMED.join(", ")})
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (dimension, hour_ms, name) DO UPDATE SET ${sums}`,
    );
    this.#prune = db.prepare("DELETE FROM usage_hours WHERE dimension = ? AND hour_ms < ?");
  }

  /** Adds requests to their hours. */
  add(records: readonly HistoryRecord[]): void {
    for (const dimension of DIMENSIONS) {
      const hours = Map.groupBy(records, ({ request }) => {
        return `${hourOf(request.receivedAtMs)} ${request[dimension]}`;
      });
      for (const group of hours.values()) this.#addTo(dimension, group.map((each) => each.request));
    }
  }

  /** Forgets the hours that were over by then. */
  prune(beforeMs: number): void {
    for (const dimension of DIMENSIONS) this.#prune.run(dimension, beforeMs - HOUR_MS);
  }

  /** By time, then by name. Whole hours are taken as they were added up, the rest from the requests. */
  query({ fromMs, toMs, bucketMs, by }: UsageQuery): UsageRow[] {
    const span = Math.max(1, Math.trunc(bucketMs));
    const canTakeHours = span % HOUR_MS === 0;
    const firstHourMs = canTakeHours ? Math.min(hourOf(fromMs + HOUR_MS - 1), toMs) : toMs;
    const lastHourMs = canTakeHours ? Math.max(hourOf(toMs), firstHourMs) : toMs;
    const rows = this.#statement(by).all({
      span,
      fromMs,
      toMs,
      firstHourMs,
      lastHourMs,
    });
    return rows.map((row) => ({ ...row })) as unknown as UsageRow[];
  }

  #addTo(dimension: UsageDimension, requests: readonly RequestRow[]): void {
    const [{ receivedAtMs, [dimension]: name } = { receivedAtMs: 0, [dimension]: "" }] = requests;
    const failed = requests.filter(isFailed).length;
    const tokens = TOKENS.map((key) => requests.reduce((sum, each) => sum + (each[key] ?? 0), 0));
    this.#add.run(dimension, hourOf(receivedAtMs), name, requests.length, failed, ...tokens);
  }

  #statement(by: UsageDimension): StatementSync {
    const known = this.#prepared.get(by);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(queryBy(by));
    this.#prepared.set(by, statement);
    return statement;
  }
}

function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS) * HOUR_MS;
}

function queryBy(by: UsageDimension): string {
  const columns = TOKENS.map((key) => REQUEST_COLUMNS[key]);
  const single = `SELECT received_ms AS at_ms, ${by} AS name, 1 AS requests, failed,
    ${columns.map((column) => `coalesce(${column}, 0) AS ${column}`).join(", ")} FROM requests`;
  const sums = TOKENS.map((key) => `sum(${REQUEST_COLUMNS[key]}) AS ${key}`).join(", ");
  return `SELECT CAST(at_ms / :span AS INTEGER) * CAST(:span AS INTEGER) AS bucketMs, name,
      sum(requests) AS requests, sum(failed) AS failed, ${sums}
    FROM (
      SELECT hour_ms AS at_ms, name, ${SUMMED.join(", ")} FROM usage_hours
        WHERE dimension = '${by}' AND hour_ms >= :firstHourMs AND hour_ms < :lastHourMs
      UNION ALL ${single} WHERE received_ms >= :fromMs AND received_ms < :firstHourMs
      UNION ALL ${single} WHERE received_ms >= :lastHourMs AND received_ms < :toMs
    ) GROUP BY 1, 2 ORDER BY 1, 2`;
}
