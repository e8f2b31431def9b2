/** What is asked of the history. With 100,000 requests each takes some milliseconds. */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { ruleOf } from "../policy/rules.ts";
import type { AttemptRow, RequestRow } from "./history_rows.ts";
import { ATTEMPT_COLUMNS, REQUEST_COLUMNS } from "./history_schema.ts";

/** What a request must be; what is left out does not matter. */
export interface RequestFilter {
  readonly alias?: string | undefined;
  readonly backend?: string | undefined;
  readonly caller?: string | undefined;
  /** failed: what `isFailed()` says; a number: this status. */
  readonly status?: "ok" | "failed" | number | undefined;
  /**
   * Stands in the id, a name, the path or the detail, in upper or lower case. Looked for among the
   * newest 20,000 requests of the page that are all the rest.
   */
  readonly text?: string | undefined;
  /** Received at this time or later. */
  readonly fromMs?: number | undefined;
  /** Received before this time. */
  readonly toMs?: number | undefined;
}

/** Which part of a list: what follows the row with this time and id; from the newest on without. */
export interface Page {
  readonly beforeMs?: number | undefined;
  readonly beforeId?: string | undefined;
  /** Most rows; 500 at the very most. */
  readonly limit: number;
}

export interface HistoryNames {
  readonly aliases: string[];
  readonly backends: string[];
  readonly callers: string[];
}

const MOST_ROWS = 500;
const MOST_NAMES = 1000;
/** How far a text is looked for: 20,000 rows are read in some 20 ms. */
const TEXT_WINDOW = 20_000;
const TEXT_COLUMNS = ["id", "alias", "backend", "model", "caller", "path", "detail"];

const REQUEST = selected(REQUEST_COLUMNS);
const ATTEMPT = selected(ATTEMPT_COLUMNS);
const NEWEST_FIRST = "ORDER BY received_ms DESC, id DESC";

type Values = readonly SQLInputValue[];
type Condition = readonly [sql: string, ...values: Values];

export class HistoryQueries {
  readonly #db: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Newest first. */
  requests(filter: RequestFilter, page: Page): RequestRow[] {
    const { text = "" } = filter;
    const { sql: where, values } = joined([...conditionsOf(filter), ...afterOf(page)]);
    const limit = Math.min(Math.max(0, Math.trunc(page.limit)), MOST_ROWS);
    if (text === "") {
      const sql = `SELECT ${REQUEST} FROM requests ${where} ${NEWEST_FIRST} LIMIT ?`;
      return this.#all(sql, [...values, limit]).map(requestRow);
    }
    const within = `SELECT * FROM requests ${where} ${NEWEST_FIRST} LIMIT ${TEXT_WINDOW}`;
    const found = TEXT_COLUMNS.map((column) => `${column} LIKE ? ESCAPE '\\'`).join(" OR ");
    const sql = `SELECT ${REQUEST} FROM (${within}) WHERE ${found} ${NEWEST_FIRST} LIMIT ?`;
    const patterns = TEXT_COLUMNS.map(() => `%${text.replace(/[\\%_]/g, "\\$&")}%`);
    return this.#all(sql, [...values, ...patterns, limit]).map(requestRow);
  }

  /** The newest request of that id. */
  request(id: string): { request: RequestRow; attempts: AttemptRow[] } | undefined {
    const newest = "SELECT seq FROM requests INDEXED BY requests_by_time WHERE id = ? " +
      "ORDER BY received_ms DESC LIMIT 1";
    const [found] = this.#all(`SELECT seq, ${REQUEST} FROM requests WHERE seq = (${newest})`, [id]);
    if (found === undefined) return undefined;
    const { seq, ...request } = found;
    const sql = `SELECT ${ATTEMPT} FROM attempts WHERE seq = ? ORDER BY idx`;
    const attempts = this.#all(sql, [seq as number]).map((row) => attemptRow(id, row));
    return { request: requestRow(request), attempts };
  }

  /** Every name that there is, in alphabetical order, less the empty one; 1,000 of each at most. */
  names(): HistoryNames {
    const of = (column: string) => this.#namesIn(column);
    return { aliases: of("alias"), backends: of("backend"), callers: of("caller") };
  }

  /** From each name to the next one in the index, so that not all rows are read. */
  #namesIn(column: string): string[] {
    const next = `SELECT min(${column}) FROM requests WHERE ${column} >`;
    const sql = `WITH RECURSIVE names(name) AS (${next} '' UNION ALL
      SELECT (${next} name) FROM names WHERE name IS NOT NULL LIMIT ${MOST_NAMES})
      SELECT name FROM names WHERE name IS NOT NULL`;
    return this.#all(sql, []).map(({ name }) => String(name));
  }

  #all(sql: string, values: Values): Record<string, unknown>[] {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement.all(...values);
  }
}

function selected(columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns).map(([key, column]) => `${column} AS "${key}"`).join(", ");
}

/** The row as the columns' types say it is; what older versions have written reads like the rest. */
function requestRow(columns: Record<string, unknown>): RequestRow {
  const row = { ...columns, streamed: columns.streamed === 1 } as unknown as RequestRow;
  // They counted every failed attempt, and numbered the rules.
  const fallbacks = Math.min(row.fallbacks, Math.max(0, row.attempts - 1));
  const detail = row.detail.replace(/^row (\d+): /, (_, number) => `${ruleOf(Number(number))}: `);
  return { ...row, fallbacks, detail };
}

function attemptRow(requestId: string, columns: Record<string, unknown>): AttemptRow {
  const row = { requestId, ...columns } as unknown as AttemptRow;
  return row.rule === "" ? { ...row, rule: ruleOf(row.row) } : row;
}

function* conditionsOf(filter: RequestFilter): Iterable<Condition> {
  for (const column of ["alias", "backend", "caller"] as const) {
    const name = filter[column];
    if (name !== undefined) yield [`${column} = ?`, name];
  }
  if (filter.fromMs !== undefined) yield ["received_ms >= ?", filter.fromMs];
  if (filter.toMs !== undefined) yield ["received_ms < ?", filter.toMs];
  yield* statusCondition(filter.status);
}

/** An error's status is looked for among the failures, of which there is an index. */
function* statusCondition(status: RequestFilter["status"]): Iterable<Condition> {
  if (status === "ok") yield ["failed = 0"];
  if (status === "failed") yield ["failed = 1"];
  if (typeof status !== "number") return;
  yield status >= 400 ? ["failed = 1 AND status = ?", status] : ["status = ?", status];
}

function afterOf({ beforeMs, beforeId }: Page): Condition[] {
  if (beforeMs === undefined) return [];
  return [["(received_ms, id) < (?, ?)", beforeMs, beforeId ?? ""]];
}

function joined(conditions: readonly Condition[]): { sql: string; values: Values } {
  if (conditions.length === 0) return { sql: "", values: [] };
  const sql = `WHERE ${conditions.map(([each]) => each).join(" AND ")}`;
  return { sql, values: conditions.flatMap(([, ...values]) => values) };
}
