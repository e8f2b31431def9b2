/** The configuration in force, kept equal to its files by looking at them. */
import { Alarm } from "./alarm.ts";
import { fileContents } from "./file_contents.ts";
import { FileStamps, isMissing } from "./file_stamps.ts";
import { loadConfig, type LoadedSnapshot } from "./load.ts";
import { UNREAD_NOW } from "./read_text.ts";
import { restartLines, withSettingsInUse } from "./restart_settings.ts";
import type { Snapshot } from "./snapshot.ts";
import type { ConfigWatcherOptions, Reading } from "./watch_options.ts";
import { withinMs } from "./within_ms.ts";

export type { ConfigWatcherOptions };

const POLL_MS = 200;
const STABLE_MS = 200;

/**
 * After so many looks at what tells of the files, one at what is in them: a file may keep its size and
 * its time, and Deno tells the time of a change (`ctime`) in whole seconds.
 */
const LOOKS_A_READING = 10;

/** How long `close` waits for a look under way: a file system may never answer it. */
const CLOSE_MS = 1_000;

/**
 * Keeps the configuration in force equal to the file: a change counts within a second of the save,
 * a file with errors or none at all changes nothing. The files are looked at, five times a second,
 * and their directories are not watched: a watch hangs, and whoever closes it, where there is a FIFO
 * in the directory, and of some changes (NFS, Docker's single-file mounts, the swap of a link further
 * up) it tells nothing.
 */
export class ConfigWatcher {
  readonly #options: ConfigWatcherOptions;
  readonly #alarm = new Alarm();
  readonly #files: FileStamps;
  readonly #running: Promise<void>;
  readonly #looked = Promise.withResolvers<void>();
  #current: Snapshot;
  #dependencies: readonly string[];
  #fingerprint: string;
  /** Of the files when they were last read; at first they are read to learn what it is. */
  #stamps = "";
  /** What was in them then. */
  #contents = "";
  #looks = 0;
  #missing = false;
  /** Whether the files could not be read for want of descriptors or memory. */
  #isShort = false;
  /** What was loaded last, which may differ from what is in force until a restart. */
  #asked: Snapshot;
  /** Those who asked for the files to be read, changed or not. */
  #asking: ((reading: Reading) => void)[] = [];
  #closed = false;
  #failure: Error | undefined;

  constructor(options: ConfigWatcherOptions) {
    this.#options = options;
    this.#current = options.first.snapshot;
    this.#dependencies = options.first.dependencies;
    this.#fingerprint = options.first.fingerprint;
    this.#asked = this.#current;
    this.#files = options.stamps ?? new FileStamps();
    this.#running = this.#run();
  }

  /** What is in force. */
  get current(): Snapshot {
    return this.#current;
  }

  /** Resolves once the files have been compared with what was loaded at first, or at `close`. */
  get ready(): Promise<void> {
    return this.#looked.promise;
  }

  /**
   * Reads the files with the next look, changed or not, and tells of what is wrong with them once more.
   * Resolves with what came of it; never, where the watch ends before.
   */
  readAgain(): Promise<Reading> {
    return new Promise((resolve) => this.#asking.push(resolve));
  }

  /**
   * Ends the watch; leaves nothing running but what a file system keeps waiting. Throws what
   * `onWarning` threw, if it did.
   */
  async close(): Promise<void> {
    this.#closed = true;
    this.#alarm.close();
    this.#looked.resolve();
    await withinMs(CLOSE_MS, this.#running);
    if (this.#failure) throw this.#failure;
  }

  async #run(): Promise<void> {
    // So that no callback runs before the constructor has returned.
    await this.#alarm.sleep(0);
    while (!this.#closed) {
      try {
        await this.#look();
      } catch (cause) {
        this.#warn(`${this.#options.file}: a reload has failed: ${String(cause)}`);
      }
      this.#looked.resolve();
      await this.#alarm.sleep(this.#options.pollMs ?? POLL_MS);
    }
  }

  get #paths(): readonly string[] {
    return [this.#options.file, ...this.#dependencies];
  }

  async #look(): Promise<void> {
    const asking = this.#asking;
    this.#asking = [];
    const stamps = await this.#files.of(this.#paths);
    const isAsked = asking.length > 0;
    if (!isAsked && stamps === this.#stamps && !await this.#hasOtherContents()) return;
    const settled = await this.#settle(stamps);
    if (this.#closed) return;
    this.#stamps = settled;
    this.#contents = await fileContents(this.#paths);
    const [own = ""] = settled.split("\n");
    const reading = isMissing(own) ? this.#keepWithoutFile(isAsked) : await this.#reload(isAsked);
    for (const tell of asking) tell(reading);
  }

  /** Asked at each look, and found out at some. */
  async #hasOtherContents(): Promise<boolean> {
    this.#looks++;
    if (this.#looks % LOOKS_A_READING !== 0) return false;
    return await fileContents(this.#paths) !== this.#contents;
  }

  /** The stamps once they have been the same for `stableMs`. */
  async #settle(stamps: string): Promise<string> {
    for (let before = stamps;;) {
      await this.#alarm.sleep(this.#options.stableMs ?? STABLE_MS);
      const now = await this.#files.of(this.#paths);
      if (now === before || this.#closed) return now;
      before = now;
    }
  }

  #keepWithoutFile(isAsked: boolean): Reading {
    if (this.#missing && !isAsked) return "missing";
    this.#missing = true;
    this.#warn(`${this.#options.file}: the file is gone; its last configuration stays in force`);
    return "missing";
  }

  async #reload(isAsked: boolean): Promise<Reading> {
    const { file, env, onProblems } = this.#options;
    const { revision, listen: listening } = this.#current;
    const loaded = await loadConfig(file, { revision: revision + 1, env, listening });
    const isShort = !loaded.ok && loaded.isPassing;
    if (isShort && !this.#isShort) this.#warn(`${this.#options.file}: ${UNREAD_NOW}`);
    this.#isShort = isShort;
    // Nothing is known of what was saved: it is read again with the next look.
    if (isShort) this.#stamps = "";
    if (isShort || this.#closed) return "unread";
    const isBack = this.#missing;
    this.#missing = false;
    const isSame = loaded.fingerprint === this.#fingerprint;
    // A change is told of as such, and so is what was asked for.
    if (isBack && isSame && !isAsked) this.#warn(`${file}: the file is back, and as it was`);
    if (isSame && (loaded.ok || !isAsked)) return loaded.ok ? "same" : "refused";
    this.#fingerprint = loaded.fingerprint;
    this.#follow(loaded.dependencies);
    if (loaded.ok) this.#publish(loaded);
    else onProblems(loaded.problems);
    return loaded.ok ? "loaded" : "refused";
  }

  #follow(dependencies: readonly string[]): void {
    if (dependencies.join("\n") === this.#dependencies.join("\n")) return;
    this.#dependencies = dependencies;
    this.#stamps = "";
  }

  /** What needs a restart stays as it is until then. */
  #publish({ snapshot: loaded, sources }: LoadedSnapshot): void {
    const previous = this.#current;
    const lines = restartLines({ asked: loaded, before: this.#asked, inUse: previous });
    for (const line of lines) this.#warn(`${this.#options.file}: ${line}`);
    this.#asked = loaded;
    this.#current = Object.freeze(withSettingsInUse(loaded, previous));
    this.#options.onSnapshot(this.#current, previous, sources);
  }

  #warn(line: string): void {
    try {
      this.#options.onWarning(line);
    } catch (cause) {
      this.#failure ??= cause instanceof Error ? cause : new Error(String(cause));
    }
  }
}
