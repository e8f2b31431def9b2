/**
 * Looks after every file and directory that the program keeps, once a second: what was deleted, moved away,
 * replaced, cut or damaged under the running program is noticed, said once, and begun anew. Files that are
 * read alone (configuration, secrets, certificates) are the affair of `ConfigWatcher`, which looks at them in
 * the same way. On Windows an open file can be neither deleted nor replaced, and the rest is as elsewhere.
 */
import type { Log } from "./general_log.ts";
import { WakeUp } from "./wake_up.ts";

/** A line for a person. `warn` where something of ours is gone or cannot be kept. */
export interface Finding {
  readonly level: "info" | "warn";
  readonly line: string;
}

/** Something that is kept at a path, or at several. */
export interface KeptFile {
  /**
   * Looks once, and mends what has befallen it since the last look. Gives what it found, each thing once.
   *
   * @param isAsked somebody wants it: whatever waits to be tried again is tried now
   */
  look(isAsked: boolean): Promise<readonly Finding[]>;
}

export interface KeptFilesOptions {
  readonly files: readonly KeptFile[];
  readonly log: Pick<Log, "info" | "warn">;
  /** Between two looks. Default 1000. */
  readonly everyMs?: number;
}

const LOOK_EVERY_MS = 1000;

export class KeptFiles {
  readonly #log: KeptFilesOptions["log"];
  readonly #everyMs: number;
  readonly #watched: readonly Watched[];
  readonly #alarm = new WakeUp(() => this.#lookNow());

  constructor({ files, log, everyMs = LOOK_EVERY_MS }: KeptFilesOptions) {
    this.#log = log;
    this.#everyMs = everyMs;
    this.#watched = files.map((file) => new Watched(file));
  }

  /** Looks from now on, every second. */
  start(): void {
    this.#alarm.within(this.#everyMs);
  }

  /**
   * Looks at everything at once, as SIGHUP wants after logs were rotated; resolves when all is as it should be,
   * or cannot be. Where a file system gives no answer, that is never: do not let anything wait for it alone.
   */
  readonly recheck = async (): Promise<void> => {
    await Promise.all(this.#watched.map(async (each) => {
      await each.pending;
      await this.#look(each, true);
    }));
  };

  /** Looks no more. */
  close(): void {
    this.#alarm.turnOff();
  }

  /** One that has not come back is not asked again: its file system may be away. */
  #lookNow(): void {
    for (const each of this.#watched) if (each.pending === undefined) this.#look(each, false);
    this.#alarm.within(this.#everyMs);
  }

  #look(each: Watched, isAsked: boolean): Promise<void> {
    return each.look(isAsked).then((findings) => {
      for (const { level, line } of findings) this.#log[level](line);
    });
  }
}

/** A file, and the look at it that is under way. */
class Watched {
  readonly #file: KeptFile;
  #pending: Promise<readonly Finding[]> | undefined;
  #hasFailed = false;

  constructor(file: KeptFile) {
    this.#file = file;
  }

  get pending(): Promise<readonly Finding[]> | undefined {
    return this.#pending;
  }

  /** Never rejects: what goes wrong is a finding, once. */
  look(isAsked: boolean): Promise<readonly Finding[]> {
    this.#pending ??= this.#look(isAsked).finally(() => this.#pending = undefined);
    return this.#pending;
  }

  async #look(isAsked: boolean): Promise<readonly Finding[]> {
    try {
      const findings = await this.#file.look(isAsked);
      this.#hasFailed = false;
      return findings;
    } catch (cause) {
      if (this.#hasFailed) return [];
      this.#hasFailed = true;
      return [{ level: "warn", line: `Cannot look after a file: ${cause}. It is tried again.` }];
    }
  }
}
