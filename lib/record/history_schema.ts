/** How the history lies in its SQLite file. */
import type { DatabaseSync } from "node:sqlite";
import type { AttemptRow, RequestRow } from "./history_rows.ts";

/** Marks the file as ours ("llmp"): https://www.sqlite.org/pragma.html#pragma_application_id */
export const APPLICATION_ID = 0x6c6c6d70;

/** The column of each member of a row, and its place among the values that are written. */
export const REQUEST_COLUMNS: Readonly<Record<keyof RequestRow, string>> = {
  id: "id",
  receivedAtMs: "received_ms",
  caller: "caller",
  alias: "alias",
  backend: "backend",
  model: "model",
  dialect: "dialect",
  method: "method",
  path: "path",
  status: "status",
  ending: "ending",
  detail: "detail",
  streamed: "streamed",
  attempts: "attempts",
  fallbacks: "fallbacks",
  headMs: "head_ms",
  contentMs: "content_ms",
  endMs: "end_ms",
  requestBytes: "request_bytes",
  responseBytes: "response_bytes",
  inputTokens: "input_tokens",
  outputTokens: "output_tokens",
  cachedTokens: "cached_tokens",
  reasoningTokens: "reasoning_tokens",
  tokensPerSecond: "tokens_per_second",
  revision: "revision",
  logFile: "log_file",
};

/** The same of attempts, but for the request's id: a request's attempts are kept by its `seq`. */
export const ATTEMPT_COLUMNS: Readonly<Record<Exclude<keyof AttemptRow, "requestId">, string>> = {
  index: "idx",
  backend: "backend",
  model: "model",
  key: "key_name",
  kind: "kind",
  startedMs: "started_ms",
  headMs: "head_ms",
  contentMs: "content_ms",
  judgedMs: "judged_ms",
  status: "status",
  fault: "fault",
  row: "judged_by",
  rule: "rule",
  reason: "reason",
  action: "action",
  cooled: "cooled",
  cooledMs: "cooled_ms",
  cooledWhy: "cooled_why",
};

/**
 * What leads from each `user_version` to the next. Only ever appended to: files of every age are out
 * there. What was used is added up by the hour as it is written, so that no page adds up all
 * requests. The id has no index: ids are random, so that each row would touch a page of its own; what asks
 * for one reads the index by time.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE requests (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    caller TEXT NOT NULL,
    alias TEXT NOT NULL,
    backend TEXT NOT NULL,
    model TEXT NOT NULL,
    dialect TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    status INTEGER,
    failed INTEGER NOT NULL,
    ending TEXT NOT NULL,
    detail TEXT NOT NULL,
    streamed INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    fallbacks INTEGER NOT NULL,
    head_ms REAL,
    content_ms REAL,
    end_ms REAL NOT NULL,
    request_bytes INTEGER NOT NULL,
    response_bytes INTEGER NOT NULL,
    input_tokens INTEGER,
    output_tokens INTEGER,
    cached_tokens INTEGER,
    reasoning_tokens INTEGER,
    tokens_per_second REAL,
    revision INTEGER NOT NULL,
    log_file TEXT NOT NULL
  ) STRICT;
  CREATE INDEX requests_by_time ON requests (received_ms, id);
  CREATE INDEX requests_by_alias ON requests (alias, received_ms, id);
  CREATE INDEX requests_by_backend ON requests (backend, received_ms, id);
  CREATE INDEX requests_by_caller ON requests (caller, received_ms, id);
  CREATE INDEX requests_failed ON requests (received_ms, id) WHERE failed = 1;
  CREATE TABLE attempts (
    seq INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    backend TEXT NOT NULL,
    model TEXT NOT NULL,
    kind TEXT NOT NULL,
    started_ms REAL NOT NULL,
    head_ms REAL,
    content_ms REAL,
    judged_ms REAL NOT NULL,
    status INTEGER,
    fault TEXT,
    judged_by INTEGER NOT NULL,
    reason TEXT NOT NULL,
    action TEXT NOT NULL,
    cooled TEXT,
    cooled_ms REAL,
    PRIMARY KEY (seq, idx)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE usage_hours (
    dimension TEXT NOT NULL,
    hour_ms INTEGER NOT NULL,
    name TEXT NOT NULL,
    requests INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL,
    PRIMARY KEY (dimension, hour_ms, name)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE attempts ADD COLUMN rule TEXT NOT NULL DEFAULT '';
  ALTER TABLE attempts ADD COLUMN key_name TEXT NOT NULL DEFAULT '';
  ALTER TABLE attempts ADD COLUMN cooled_why TEXT;
  `,
];

/**
 * Makes sure that a file may be written to: that it is new or ours.
 *
 * @throws It holds something else, or is of a newer version of the program.
 */
export function proveOurs(db: DatabaseSync): void {
  const isOurs = numberOf(db, "application_id") === APPLICATION_ID;
  if (!isOurs && !isEmpty(db)) throw new Error(FOREIGN);
  const version = numberOf(db, "user_version");
  if (version > MIGRATIONS.length) {
    throw new Error(`it was written by a newer version of llm-proxy (${version})`);
  }
}

/** What is wrong with somebody else's file. */
export const FOREIGN = "it holds something else; name a file that does not exist yet";

/** Brings a file up to date; a new one becomes ours. */
export function migrate(db: DatabaseSync): void {
  const version = numberOf(db, "user_version");
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < version) continue;
    const marks = `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${index + 1};`;
    run(db, "BEGIN IMMEDIATE");
    db.exec(`${sql} ${marks} COMMIT;`);
  }
}

/** Runs a statement so that its error, unlike that of `exec()`, has SQLite's result code. */
export function run(db: DatabaseSync, sql: string): void {
  db.prepare(sql).all();
}

function isEmpty(db: DatabaseSync): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
}

function numberOf(db: DatabaseSync, pragma: string): number {
  return Number(db.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
}
