/** Where requests' records begin and end: the summary line, the log file, and whoever watches. */
import { join } from "node:path";
import type { KnownCaller, Snapshot } from "../config/snapshot.ts";
import type { Clock } from "../state/clock.ts";
import { type AttemptRecord, Entry, type EntryWatcher } from "./entry.ts";
import type { Incoming } from "../wire/incoming.ts";
import { pathOf } from "../wire/receive.ts";
import { decisionWords, easedWords, lateWords, plain, summaryOf } from "./entry_words.ts";
import type { Log } from "./general_log.ts";
import { LogFiles } from "./log_files.ts";
import { logNameOf } from "./log_name.ts";
import { recordBytes } from "./record_bytes.ts";
import { createRedactor, credentialsIn } from "./redact.ts";
import { fieldsOf } from "./request_fields.ts";
import { formatRequestLog } from "./request_log.ts";
import { Retention } from "./retention.ts";

export interface JournalOptions {
  readonly clock: Clock;
  readonly log: Log;
}

export class Journal {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #files: LogFiles;
  readonly #retention: Retention;
  readonly #watchers = new Set<EntryWatcher>();
  readonly #open = new Set<Entry>();
  /** What is cut from now on was cut by us. */
  #stopping = false;

  constructor({ clock, log }: JournalOptions) {
    this.#clock = clock;
    this.#log = log;
    const warn = (line: string) => log.warn(line);
    const info = (line: string) => log.info(line);
    const retention = new Retention({ now: clock.now, info, warn });
    this.#files = new LogFiles({ warn, wrote: (name, bytes) => retention.wrote(name, bytes) });
    this.#retention = retention;
  }

  /** Takes how long logs are kept; at the start and at each reload. */
  configure({ logging }: Pick<Snapshot, "logging">): void {
    this.#retention.configure(logging);
  }

  /** A record for a request that has just arrived. */
  open(
    { caller, method, target, headers }: Incoming,
    snapshot: Snapshot,
    known?: KnownCaller,
  ): Entry {
    const startedMs = this.#clock.monotonicMs();
    const elapsedMs = () => this.#clock.monotonicMs() - startedMs;
    const arrived = { id: newId(), receivedAt: this.#clock.now() };
    const callerName = known?.name ?? "";
    const arrival = { ...arrived, caller, callerName, method, target, headers, snapshot };
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

  /** Requests that have not ended. */
  get openRequests(): number {
    return this.#open.size;
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

  /** Deletes no more old logs; resolves once none is being deleted. */
  async close(): Promise<void> {
    await this.#retention.close();
  }

  #attempted(entry: Entry, attempt: AttemptRecord): void {
    const { backend, model, verdict, change } = attempt;
    const lineWith = (reason: string) =>
      `${backend} (${plain(model)}): ${reason}; ${decisionWords(attempt)} [${entry.arrival.id}]`;
    if (verdict.action === "fallback") this.#log.warn(lineWith(masked(verdict.reason, entry)));
    else if (change.kind === "recovered") this.#log.info(lineWith(verdict.reason));
    else this.#log.debug(lineWith(verdict.reason));
    for (const watcher of this.#watchers) watcher.onAttempt(entry, attempt);
  }

  #ended(entry: Entry): void {
    this.#open.delete(entry);
    const { id } = entry.arrival;
    if (entry.easedMs !== undefined) this.#log.warn(`${easedWords(entry.easedMs)} [${id}]`);
    const trouble = this.#troubleOf(entry);
    const line = `${requestWords(entry)} ${summaryOf(entry)}`;
    const fields = fieldsOf(entry);
    if (trouble === undefined) this.#log.info(`${line} [${id}]`, fields);
    else this.#log.warn(`${line} (${masked(trouble, entry)}) [${id}]`, fields);
    const failed = trouble !== undefined ||
      entry.attempts.some(({ verdict }) => verdict.action === "fallback");
    const paths = pathsOf(entry, failed);
    entry.logFile = paths[0] ?? "";
    const heldBytes = recordBytes(entry);
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

/** Method, path and who called, on one line, without a credential that the caller put into the path. */
function requestWords(entry: Entry): string {
  const { method, target, headers, callerName } = entry.arrival;
  const by = callerName === "" ? "" : ` (${plain(callerName)})`;
  const path = pathOf(target);
  const isPlain = path.length <= PATH_CHARACTERS && !path.includes("%") &&
    !credentialsIn(headers, target).some((secret) => path.includes(secret));
  // Masked before it is cut: half a credential is not known for one.
  const safe = isPlain ? path : masked(path, entry);
  return `${method} ${
    plain(safe.length > PATH_CHARACTERS ? `${safe.slice(0, PATH_CHARACTERS)}…` : safe)
  }${by}`;
}

/** Text without the credentials of the request, which the general log does not know. */
function masked(text: string, { arrival: { headers, target, snapshot } }: Entry): string {
  const secrets = [...snapshot.secrets, ...credentialsIn(headers, target)];
  return createRedactor({ enabled: snapshot.logging.redact, secrets }).text(text).text;
}

/** The request's own file, and a copy beside the errors when an attempt failed. */
function pathsOf({ arrival }: Entry, failed: boolean): string[] {
  const { requestDir, errorDir } = arrival.snapshot.logging;
  const directories = [requestDir, failed ? errorDir : ""].filter((path) => path !== "");
  return directories.map((directory) => join(directory, logNameOf(arrival)));
}

/** Eight hexadecimal digits. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(4));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
