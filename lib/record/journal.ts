/** Where requests' records begin and end: the summary line, the log file, and whoever watches. */
import { join } from "node:path";
import type { Snapshot } from "../config/snapshot.ts";
import type { Clock } from "../state/clock.ts";
import { type AttemptRecord, Entry, type EntryWatcher } from "./entry.ts";
import type { Incoming } from "../wire/incoming.ts";
import { pathOf } from "../wire/receive.ts";
import { decisionWords, easedWords, lateWords, plain, summaryOf } from "./entry_words.ts";
import type { Log } from "./general_log.ts";
import { LogFiles } from "./log_files.ts";
import { createRedactor, credentialsIn } from "./redact.ts";
import { formatRequestLog } from "./request_log.ts";

export interface JournalOptions {
  readonly clock: Clock;
  readonly log: Log;
}

export class Journal {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #files: LogFiles;
  readonly #watchers = new Set<EntryWatcher>();
  readonly #open = new Set<Entry>();
  /** What is cut from now on was cut by us. */
  #stopping = false;

  constructor({ clock, log }: JournalOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#files = new LogFiles({ warn: (line) => log.warn(line) });
  }

  /** A record for a request that has just arrived. */
  open({ caller, method, target, headers }: Incoming, snapshot: Snapshot): Entry {
    const startedMs = this.#clock.monotonicMs();
    const elapsedMs = () => this.#clock.monotonicMs() - startedMs;
    const arrived = { id: newId(), receivedAt: this.#clock.now() };
    const arrival = { ...arrived, caller, method, target, headers, snapshot };
    const entry = new Entry(arrival, elapsedMs, {
      onAttempt: (entry, attempt) => this.#attempted(entry, attempt),
      onEnd: (entry) => this.#ended(entry),
    });
    this.#open.add(entry);
    for (const watcher of this.#watchers) watcher.onOpen?.(entry);
    return entry;
  }

  /** Reports attempts and endings as they happen; gives the function that stops it. */
  watch(watcher: EntryWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Request logs that could not be written. */
  get lost(): number {
    return this.#files.lost;
  }

  /** Ends the records of requests that the process will not wait for. */
  endOpen(detail: string): void {
    this.#stopping = true;
    for (const entry of this.#open) {
      entry.ended({ kind: "cut", bytes: entry.response?.body.totalBytes ?? 0, detail });
    }
  }

  async flush(): Promise<void> {
    await this.#files.flush();
  }

  #attempted(entry: Entry, attempt: AttemptRecord): void {
    const { backend, model, verdict, change } = attempt;
    const line = `${backend} (${plain(model)}): ${verdict.reason}; ${decisionWords(attempt)} ` +
      `[${entry.arrival.id}]`;
    if (verdict.action === "fallback") this.#log.warn(line);
    else if (change.kind === "recovered") this.#log.info(line);
    else this.#log.debug(line);
    for (const watcher of this.#watchers) watcher.onAttempt(entry, attempt);
  }

  #ended(entry: Entry): void {
    this.#open.delete(entry);
    const { id } = entry.arrival;
    if (entry.easedMs !== undefined) this.#log.warn(`${easedWords(entry.easedMs)} [${id}]`);
    const trouble = this.#troubleOf(entry);
    const line = `${requestWords(entry)} ${summaryOf(entry)}`;
    if (trouble === undefined) this.#log.info(`${line} [${id}]`);
    else this.#log.warn(`${line} (${trouble}) [${id}]`);
    const failed = trouble !== undefined ||
      entry.attempts.some(({ verdict }) => verdict.action === "fallback");
    const paths = pathsOf(entry, failed);
    entry.logFile = paths[0] ?? "";
    const heldBytes = entry.heldBytes();
    if (paths.length > 0) {
      this.#files.add({
        paths,
        heldBytes,
        text: () => formatRequestLog(entry),
      });
    }
    for (const watcher of this.#watchers) watcher.onEnd(entry);
  }

  /** What went wrong after the answer had begun; what we cut ourselves is no trouble. */
  #troubleOf({ ending, late }: Entry): string | undefined {
    if (this.#stopping) return undefined;
    if (late !== undefined) return lateWords(late);
    return ending?.kind === "cut" ? ending.detail : undefined;
  }
}

const PATH_CHARACTERS = 200;

/** Method and path, on one line, without a credential that the caller put into the path. */
function requestWords({ arrival: { method, target, headers, snapshot } }: Entry): string {
  const path = pathOf(target);
  const shown = plain(path.length > PATH_CHARACTERS ? `${path.slice(0, PATH_CHARACTERS)}…` : path);
  const secrets = credentialsIn(headers, target);
  if (!secrets.some((secret) => path.includes(secret))) return `${method} ${shown}`;
  const redactor = createRedactor({ enabled: snapshot.logging.redact, secrets });
  return `${method} ${redactor.text(shown).text}`;
}

/** The request's own file, and a copy beside the errors when an attempt failed. */
function pathsOf({ arrival }: Entry, failed: boolean): string[] {
  const { requestDir, errorDir } = arrival.snapshot.logging;
  const directories = [requestDir, failed ? errorDir : ""].filter((path) => path !== "");
  const timestamp = arrival.receivedAt.toISOString().replaceAll(":", "-");
  return directories.map((directory) => join(directory, `${timestamp}_${arrival.id}.log`));
}

/** Eight hexadecimal digits. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(4));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
