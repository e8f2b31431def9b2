/** The SQLite file of the history, open: rows go in, old ones out. Everything here may throw. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { type AttemptRow, type HistoryRecord, isFailed, type RequestRow } from "./history_rows.ts";
import { type HistoryMishap, HistorySight } from "./history_mishap.ts";
import { HistoryQueries } from "./history_queries.ts";
import { ATTEMPT_COLUMNS, migrate, proveOurs, REQUEST_COLUMNS, run } from "./history_schema.ts";
import { HistoryUsage } from "./history_usage.ts";
import { openPrivately } from "./private_file.ts";

/**
 * A write-ahead log, so that a process that is killed leaves whole rows behind and readers do not
 * wait. SQLite itself never waits for the disk, which would hold up every request: `settle()` does,
 * away from them. A lock of somebody else's is an error at once.
 * https://www.sqlite.org/wal.html
 */
const PRAGMAS = ["journal_mode = WAL", "synchronous = OFF", "wal_autocheckpoint = 0"];

const REQUEST_KEYS = Object.keys(REQUEST_COLUMNS) as (keyof RequestRow)[];
const ATTEMPT_KEYS = Object.keys(ATTEMPT_COLUMNS) as (keyof typeof ATTEMPT_COLUMNS)[];

export class HistoryFile {
  readonly queries: HistoryQueries;
  readonly usage: HistoryUsage;
  readonly #path: string;
  readonly #db: DatabaseSync;
  /**
   * Open for as long as the database is: to close any handle of a file ends all of the process's
   * locks on it. https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
   */
  readonly #handle: Deno.FsFile;
  readonly #sight: HistorySight;
  #version: number;
  readonly #insertRequest: StatementSync;
  readonly #insertAttempt: StatementSync;
  readonly #deleteAttempts: StatementSync;
  readonly #deleteRequests: StatementSync;

  /**
   * Opens a file, or begins one for its owner alone.
   *
   * @throws It cannot be opened, is damaged, locked, or not ours.
   */
  constructor(path: string) {
    using stack = new DisposableStack();
    this.#path = path;
    this.#handle = openPrivately(path);
    stack.defer(() => this.#handle.close());
    this.#db = new DatabaseSync(path);
    stack.defer(() => this.#db.close());
    run(this.#db, "PRAGMA busy_timeout = 0");
    proveOurs(this.#db);
    for (const pragma of PRAGMAS) run(this.#db, `PRAGMA ${pragma}`);
    migrate(this.#db);
    this.queries = new HistoryQueries(this.#db);
    this.usage = new HistoryUsage(this.#db);
    this.#insertRequest = this.#insertInto("requests", [
      ...Object.values(REQUEST_COLUMNS),
      "failed",
    ]);
    this.#insertAttempt = this.#insertInto("attempts", ["seq", ...Object.values(ATTEMPT_COLUMNS)]);
    const oldest =
      "SELECT seq FROM requests WHERE received_ms < ? ORDER BY received_ms, id LIMIT ?";
    this.#deleteAttempts = this.#db.prepare(`DELETE FROM attempts WHERE seq IN (${oldest})`);
    this.#deleteRequests = this.#db.prepare(`DELETE FROM requests WHERE seq IN (${oldest})`);
    this.#sight = new HistorySight(path, this.#handle);
    this.#version = this.#dataVersion();
    stack.move();
  }

  /** Adds rows, all of them or none. */
  write(records: readonly HistoryRecord[]): void {
    this.#atOnce(() => {
      for (const { request, attempts } of records) this.#insert(request, attempts);
      this.usage.add(records);
    });
  }

  /** Deletes the oldest requests from before then, at most `limit`; gives how many. */
  prune(beforeMs: number, limit: number): number {
    return this.#atOnce(() => {
      this.usage.prune(beforeMs);
      this.#deleteAttempts.run(beforeMs, limit);
      return Number(this.#deleteRequests.run(beforeMs, limit).changes);
    });
  }

  /**
   * Moves what was written from the log into the file proper, safely: until then a loss of power
   * costs the latest rows, but never the file. Nothing may be written meanwhile.
   */
  async settle(): Promise<void> {
    await syncIfThere(`${this.#path}-wal`);
    run(this.#db, "PRAGMA wal_checkpoint(PASSIVE)");
    await this.#handle.sync();
  }

  /** What has befallen it; undefined where it is as it should be. */
  mishap(): Promise<HistoryMishap | undefined> {
    return this.#sight.look();
  }

  /** Whether another process has written to it since this was asked last. */
  hasOtherWriters(): boolean {
    const before = this.#version;
    this.#version = this.#dataVersion();
    return this.#version !== before;
  }

  close(): void {
    try {
      this.#db.close();
    } finally {
      this.#handle.close();
    }
  }

  /**
   * Closes it where it is no longer what its path leads to, so that what was moved away is whole without its log,
   * and none of its log is left for the file that comes next.
   */
  abandon(): void {
    try {
      run(this.#db, "PRAGMA wal_checkpoint(TRUNCATE)");
    } finally {
      this.close();
      this.#sight.clearSides();
    }
  }

  /** https://www.sqlite.org/pragma.html#pragma_data_version */
  #dataVersion(): number {
    return Number(this.#db.prepare("PRAGMA data_version").get()?.data_version);
  }

  #insert(request: RequestRow, attempts: readonly AttemptRow[]): void {
    const values = REQUEST_KEYS.map((key) => sqlValue(request[key]));
    const { lastInsertRowid } = this.#insertRequest.run(...values, isFailed(request) ? 1 : 0);
    for (const attempt of attempts) {
      const values = ATTEMPT_KEYS.map((key) => sqlValue(attempt[key]));
      this.#insertAttempt.run(lastInsertRowid, ...values);
    }
  }

  #insertInto(table: string, columns: readonly string[]): StatementSync {
    const places = columns.map(() => "?").join(", ");
    return this.#db.prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places})`);
  }

  #atOnce<T>(change: () => T): T {
    run(this.#db, "BEGIN IMMEDIATE");
    try {
      const result = change();
      run(this.#db, "COMMIT");
      return result;
    } catch (cause) {
      this.#rollBack();
      throw cause;
    }
  }

  #rollBack(): void {
    try {
      run(this.#db, "ROLLBACK");
    } catch {
      // Some errors, such as that of a full disk, have rolled back already.
    }
  }
}

function sqlValue(value: string | number | boolean | null): SQLInputValue {
  return typeof value === "boolean" ? Number(value) : value;
}

async function syncIfThere(path: string): Promise<void> {
  try {
    using file = await Deno.open(path);
    await file.sync();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
  }
}
