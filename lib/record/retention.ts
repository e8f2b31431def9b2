/**
 * Deletes request logs that are too old, and the oldest of too many. Directories are read as streams,
 * in the background, and never two at once; only what bears a name of ours is ever touched.
 */
import { join } from "node:path";
import type { LoggingSettings } from "../config/snapshot.ts";
import { logsIn } from "./log_entries.ts";
import { minuteOf, timestampOf } from "./log_name.ts";
import { LogTally } from "./log_tally.ts";
import { Progress } from "./progress.ts";
import { WakeUp } from "./wake_up.ts";
import { errorWords } from "../system/error_words.ts";

export interface RetentionOptions {
  readonly now: () => Date;
  /** Called with the progress of a pass that takes over a second. */
  readonly info: (line: string) => void;
  /** Called when a directory begins to fail. */
  readonly warn: (line: string) => void;
  /** Whether old logs in a directory are this process's to delete. Default: they are. */
  readonly mayDeleteIn?: (directory: string) => boolean;
}

export type RetentionSettings = Pick<
  LoggingSettings,
  "requestDir" | "errorDir" | "retainMs" | "maxTotalBytes"
>;

const LOOK_EVERY_MS = 3_600_000;
/** Somebody else may write there and delete, too: so often everything is counted again. */
const COUNT_EVERY_LOOKS = 24;

export class Retention {
  readonly #options: RetentionOptions;
  readonly #alarm = new WakeUp(() => this.#look());
  #settings: RetentionSettings | undefined;
  /** Of both directories together; undefined until they have been counted. */
  #tally: LogTally | undefined;
  /** What is being counted; what is written meanwhile is in it. */
  #counting = new LogTally();
  /** Logs of requests from then on are told of as they are written. */
  #since = "";
  #looks = 0;
  #passing: Promise<void> | undefined;
  /** The directories with which something went wrong in the last pass. */
  readonly #failing = new Set<string>();

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** Takes the settings; at the start and at each reload. Looks at the directories by and by. */
  configure(settings: RetentionSettings): void {
    const { requestDir, errorDir } = this.#settings ?? {};
    const isElsewhere = settings.requestDir !== requestDir || settings.errorDir !== errorDir;
    this.#settings = settings;
    if (isElsewhere) this.#recount();
    this.#alarm.within(0);
  }

  /** A log has been written. */
  wrote(name: string, bytes: number): void {
    const minute = minuteOf(name);
    if (minute === undefined || this.#settings === undefined) return;
    const tally = this.#tally ?? this.#counting;
    tally.add(minute, bytes);
    if (tally.bytes > this.#settings.maxTotalBytes && tally.isDivisible) this.#alarm.within(0);
  }

  /** The directories are others than they were: looks at them again by and by. */
  recount(): void {
    if (this.#settings === undefined) return;
    this.#recount();
    this.#alarm.within(0);
  }

  /** Resolves when no pass is under way. */
  async settled(): Promise<void> {
    await this.#passing;
  }

  /** Ends a pass that is under way; resolves when it has. */
  async close(): Promise<void> {
    this.#alarm.turnOff();
    await this.#passing;
  }

  /** Looks through the directories where that is due. */
  #look(): void {
    this.#passing ??= this.#passes().finally(() => {
      this.#passing = undefined;
      this.#alarm.within(LOOK_EVERY_MS);
    });
  }

  async #passes(): Promise<void> {
    // What could not be read or deleted is counted again, for it may be by now.
    if (this.#failing.size > 0 || ++this.#looks % COUNT_EVERY_LOOKS === 0) this.#recount();
    this.#tally ??= await this.#counted();
    for (let cutoff = this.#cutoff(); cutoff !== undefined; cutoff = this.#cutoff()) {
      await this.#deleteBefore(cutoff);
      this.#tally?.forgetBefore(cutoff);
      if (this.#failing.size > 0) return;
    }
  }

  #recount(): void {
    this.#tally = undefined;
    this.#counting = new LogTally();
    this.#since = timestampOf(this.#options.now());
  }

  #cutoff(): string | undefined {
    if (this.#alarm.isOff || this.#settings === undefined) return undefined;
    const { retainMs, maxTotalBytes: maxBytes } = this.#settings;
    const oldestMs = this.#options.now().getTime() - retainMs;
    const oldest = Number.isFinite(oldestMs) ? timestampOf(new Date(oldestMs)).slice(0, 16) : "";
    return this.#tally?.cutoff({ oldest, maxBytes });
  }

  async #counted(): Promise<LogTally> {
    const tally = this.#counting;
    const since = this.#since;
    const { info: tell } = this.#options;
    const progress = new Progress({ what: "counting request logs", tell });
    await this.#forEachLog(async ({ name, minute, path }) => {
      if (name >= since) return;
      tally.add(minute, (await Deno.lstat(path)).size);
      progress.add(1);
    });
    return tally;
  }

  async #deleteBefore(cutoff: string): Promise<void> {
    const total = this.#tally?.filesBefore(cutoff);
    const { info: tell } = this.#options;
    const progress = new Progress({ what: "deleting old request logs", tell, total });
    await this.#forEachLog(async ({ minute, path }) => {
      if (minute >= cutoff) return;
      await Deno.remove(path);
      progress.add(1);
    });
  }

  /** Does something to each log, one by one. Those that are gone by then do not matter. */
  async #forEachLog(act: (log: Log) => Promise<void>): Promise<void> {
    const { requestDir = "", errorDir = "" } = this.#settings ?? {};
    for (const directory of new Set([requestDir, errorDir])) {
      if (directory === "" || !(this.#options.mayDeleteIn?.(directory) ?? true)) continue;
      const failures = new Failures();
      try {
        for await (const { name, minute } of logsIn(directory)) {
          if (this.#alarm.isOff) return;
          await act({ name, minute, path: join(directory, name) }).catch(failures.note);
        }
      } catch (cause) {
        failures.note(cause);
      }
      this.#judge(directory, failures);
    }
  }

  #judge(directory: string, { first }: Failures): void {
    if (first === undefined) {
      this.#failing.delete(directory);
      return;
    }
    const isKnown = this.#failing.has(directory);
    this.#failing.add(directory);
    const why = errorWords(first);
    if (!isKnown) this.#options.warn(`Old request logs in ${directory} cannot be deleted: ${why}.`);
  }
}

interface Log {
  readonly name: string;
  readonly minute: string;
  readonly path: string;
}

/** What went wrong; that something is gone already is no failure. */
class Failures {
  first: unknown;

  readonly note = (cause: unknown): void => {
    if (!(cause instanceof Deno.errors.NotFound)) this.first ??= cause;
  };
}
