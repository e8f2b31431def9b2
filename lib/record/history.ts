/**
 * The history: a row for each request and attempt, in SQLite. Rows are written off the request's path;
 * a full, locked, damaged or foreign file costs a warning and rows, never a request.
 */
import type { Snapshot } from "../config/snapshot.ts";
import type { Entry } from "./entry.ts";
import type { HistoryFile } from "./history_file.ts";
import type { HistoryNames, Page, RequestFilter } from "./history_queries.ts";
import { historyRecordOf } from "./history_record.ts";
import type { AttemptRow, HistoryRecord, RequestRow, UsageRow } from "./history_rows.ts";
import type { UsageQuery } from "./history_usage.ts";
import { HistoryWriter } from "./history_writer.ts";
import type { Finding, KeptFile } from "./kept_files.ts";
import type { MainLoop } from "./main_loop.ts";
import { RequestRedactors } from "./request_redactors.ts";
import { countOf, type Unwritten } from "./unwritten.ts";

export interface HistoryOptions {
  readonly now: () => Date;
  /** Called when something takes long. */
  readonly info: (line: string) => void;
  /** Called when the file begins to fail, and when it works again. */
  readonly warn: (line: string) => void;
  /** Default its own. */
  readonly redactors?: RequestRedactors;
  /** Takes the rows in place of a file; only where another event loop keeps the history. */
  readonly main?: Pick<MainLoop, "row"> | undefined;
}

export class History implements KeptFile {
  readonly #options: HistoryOptions;
  #isConfigured: boolean;
  #refused = 0;
  /** Undefined where there is no history. */
  #writer: HistoryWriter | undefined;
  readonly #redactors: RequestRedactors;

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#redactors = options.redactors ?? new RequestRedactors();
    this.#isConfigured = options.main !== undefined;
  }

  /** Requests that are in no file since the start. */
  get lost(): number {
    return this.#refused + (this.#writer?.lost ?? 0);
  }

  /** Requests that are in no file; undefined for none. All of them are known after `close()`. */
  get unwritten(): Unwritten | undefined {
    if (this.lost === 0) return undefined;
    const what = countOf(this.lost, "row of the history", "rows of the history");
    return { what, why: this.#writer?.why ?? "" };
  }

  /** Takes the settings and opens the file; the first one that it is told of: another takes a restart. */
  configure({ history: { file, retainMs } }: Pick<Snapshot, "history">): void {
    if (!this.#isConfigured && file !== "") {
      this.#writer = new HistoryWriter({ ...this.#options, path: file });
      this.#writer.open();
    }
    this.#isConfigured = true;
    this.#writer?.retain(retainMs);
  }

  /** Takes note of a request that is over. Never throws, never waits. */
  add(entry: Entry): void {
    const { main } = this.#options;
    const take = main === undefined ? this.#writer && this.take : main.row;
    if (take === undefined) return;
    const record = historyRecordOf(entry, this.#redactors.for(entry.arrival));
    if (!take(record)) this.#refused++;
  }

  /** A request of this event loop or another. Always true: what is lost is counted by the writer. */
  readonly take = (record: HistoryRecord): boolean => {
    this.#writer?.add(record);
    return true;
  };

  /** Newest first. Empty where there is no history, like all that follows. */
  requests(filter: RequestFilter, page: Page): RequestRow[] {
    return this.#ask(({ queries }) => queries.requests(filter, page)) ?? [];
  }

  /** The newest request of that id. */
  request(id: string): { request: RequestRow; attempts: AttemptRow[] } | undefined {
    return this.#ask(({ queries }) => queries.request(id));
  }

  /** By time, then by name. */
  usage(query: UsageQuery): UsageRow[] {
    return this.#ask(({ usage }) => usage.query(query)) ?? [];
  }

  names(): HistoryNames {
    const none = { aliases: [], backends: [], callers: [] };
    return this.#ask(({ queries }) => queries.names()) ?? none;
  }

  /** Looks at the file once, and begins it anew where it is gone. */
  async look(isAsked: boolean): Promise<readonly Finding[]> {
    return await this.#writer?.look(isAsked) ?? [];
  }

  /** Resolves when everything so far is written and on the disk, or cannot be. */
  async flush(): Promise<void> {
    await this.#writer?.flush();
  }

  /** Closes the file; what still waits is lost. */
  close(): void {
    this.#writer?.close();
  }

  #ask<T>(question: (file: HistoryFile) => T): T | undefined {
    try {
      const file = this.#writer?.file;
      return file && question(file);
    } catch (cause) {
      this.#writer?.failed(cause);
      return undefined;
    }
  }
}
