/** Where requests' records begin and end: the summary line, the log file, and whoever watches. */
import type { KnownCaller, Snapshot } from "../config/snapshot.ts";
import type { Clock } from "../state/clock.ts";
import { Entry, type EntryWatcher } from "./entry.ts";
import type { Incoming } from "../wire/incoming.ts";
import type { OwnAnswer } from "../wire/own_answer.ts";
import { Roster } from "../wire/roster.ts";
import { EntryWatchers } from "./entry_watchers.ts";
import { troubleWords } from "./entry_words.ts";
import type { Log } from "./general_log.ts";
import type { Finding, KeptFile } from "./kept_files.ts";
import { LogFiles } from "./log_files.ts";
import { logPathsOf } from "./log_name.ts";
import { LogPlaces } from "./log_places.ts";
import type { MainLoop } from "./main_loop.ts";
import { recordBytes } from "./record_bytes.ts";
import { type Credentialed, RequestRedactors } from "./request_redactors.ts";
import { RequestIds } from "./request_ids.ts";
import { RequestLines } from "./request_lines.ts";
import { formatRequestLog } from "./request_log.ts";
import type { WriteFiles } from "./new_files.ts";
import { Retention } from "./retention.ts";

export interface JournalOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Default its own. */
  readonly redactors?: RequestRedactors;
  /** Who deletes old logs, where that is another event loop. */
  readonly main?: Pick<MainLoop, "wrote"> | undefined;
  readonly write?: WriteFiles | undefined;
  /** Whether the directories of request logs are claimed, so that one process alone deletes there. */
  readonly claims?: boolean | undefined;
}

export class Journal implements KeptFile {
  readonly #clock: Clock;
  readonly #lines: RequestLines;
  readonly #files: LogFiles;
  /** Undefined where another event loop deletes old logs. */
  readonly #retention: Retention | undefined;
  readonly #places: LogPlaces;
  readonly #watchers: EntryWatchers;
  readonly #open = new Roster<Entry>();
  readonly #redactors: RequestRedactors;
  readonly #always = new RequestRedactors({ always: true });
  readonly #ids = new RequestIds();
  /** What is cut from now on was cut by us. */
  #stopping = false;

  constructor(
    { clock, log, main, write, claims = false, redactors = new RequestRedactors() }: JournalOptions,
  ) {
    this.#redactors = redactors;
    this.#clock = clock;
    this.#lines = new RequestLines(log, redactors);
    this.#watchers = new EntryWatchers(this.failedInside);
    const warn = (line: string) => log.warn(line);
    const info = (line: string) => log.info(line);
    this.#places = new LogPlaces({ warn, claims, onChange: () => this.#retention?.recount() });
    const mayDeleteIn = (directory: string) => this.#places.mayDeleteIn(directory);
    this.#retention = main === undefined
      ? new Retention({ now: clock.now, info, warn, mayDeleteIn })
      : undefined;
    this.#files = new LogFiles({ warn, wrote: main?.wrote ?? this.wrote, write });
  }

  /** Takes how long logs are kept; at the start and at each reload. */
  configure({ logging }: Pick<Snapshot, "logging">): void {
    this.#places.configure(logging);
    this.#retention?.configure(logging);
  }

  /** Looks at the directories of request logs once, and makes those again that are gone. */
  look(): Promise<readonly Finding[]> {
    return this.#places.look();
  }

  /** A record for a request that has just arrived. */
  open(
    { caller, method, target, headers }: Incoming,
    snapshot: Snapshot,
    known?: KnownCaller,
  ): Entry {
    const startedMs = this.#clock.monotonicMs();
    const elapsedMs = () => this.#clock.monotonicMs() - startedMs;
    const arrived = { id: this.#ids.next(), receivedAt: this.#clock.now() };
    const callerName = known?.name ?? "";
    const arrival = { ...arrived, caller, callerName, method, target, headers, snapshot };
    const entry = new Entry(arrival, elapsedMs, {
      onAttempt: (entry, attempt) => {
        this.#safely(entry, () => this.#lines.attempted(entry, attempt));
        this.#watchers.onAttempt(entry, attempt);
      },
      onNext: (entry, attempt) => this.#safely(entry, () => this.#lines.failed(entry, attempt)),
      onEnd: (entry) => {
        this.#open.remove(place);
        this.#safely(entry, () => this.#ended(entry));
        this.#watchers.onEnd(entry);
      },
    });
    const place = this.#open.add(entry);
    this.#watchers.onOpen(entry);
    return entry;
  }

  /** An answer of ours as its caller may see it: without a credential that it quotes, theirs or anybody's. */
  shown(answer: OwnAnswer, asked: Credentialed): OwnAnswer {
    if (answer.status < 400) return answer;
    const { logging: { redact } } = asked.snapshot;
    const redactors = redact ? this.#redactors : this.#always;
    return { ...answer, body: redactors.for(asked).bytes(answer.body).bytes };
  }

  /** Reports attempts and endings as they happen; gives the function that stops it. */
  watch(watcher: EntryWatcher): () => void {
    return this.#watchers.add(watcher);
  }

  get openRequests(): number {
    return this.#open.size;
  }

  get lost(): number {
    return this.#files.lost;
  }

  /** Ends the records of requests that the process will not wait for. */
  endOpen(detail: string): void {
    this.#stopping = true;
    for (const entry of this.#open.members()) {
      entry.ended({ kind: "cut", bytes: entry.response?.body.totalBytes ?? 0, detail });
    }
  }

  flush(): Promise<void> {
    return this.#files.flush();
  }

  /** A request log has been written, by this event loop or another. */
  readonly wrote = (name: string, bytes: number): void => this.#retention?.wrote(name, bytes);

  /** Deletes no more old logs; resolves once none is being deleted. */
  async close(): Promise<void> {
    await this.#retention?.close();
    this.#places.close();
  }

  #ended(entry: Entry): void {
    // What we cut ourselves is no trouble.
    const trouble = this.#stopping ? undefined : troubleWords(entry);
    this.#lines.ended(entry, trouble);
    const failed = trouble !== undefined ||
      entry.attempts.some(({ verdict }) => verdict.action === "fallback");
    const paths = logPathsOf(entry, failed);
    entry.logFile = paths[0] ?? "";
    const text = () => formatRequestLog(entry, this.#redactors.for(entry.arrival));
    if (paths.length > 0) this.#files.add({ paths, heldBytes: recordBytes(entry), text });
  }

  /** Says what went wrong in the proxy itself, and goes on. */
  readonly failedInside = (entry: Entry, cause: unknown): void => {
    this.#lines.failedInside(entry, cause);
  };

  /** A record that cannot be made is lost; its request has no part in it. */
  #safely(entry: Entry, act: () => void): void {
    try {
      act();
    } catch (cause) {
      this.failedInside(entry, cause);
    }
  }
}
