/** Keeps the history's file open, and gets over what befalls it. */
import type { HistoryFile } from "./history_file.ts";
import type { HistoryMishap } from "./history_mishap.ts";
import type { Finding } from "./kept_files.ts";
import { type HistoryTrouble, openHistory, setAside, troubleOf } from "./open_history.ts";
import { errorWords } from "../system/error_words.ts";

export interface HistoryKeeperOptions {
  readonly path: string;
  readonly now: () => Date;
  /** Called when the file begins to fail, and when it works again. */
  readonly warn: (line: string) => void;
}

/** Until the next try: what a person has mended is to work within seconds. */
const RETRY_MS = { damaged: 30_000, locked: 500, short: 1_000, other: 2_000 };
/** What is damaged again this soon is not the file. */
const SET_ASIDE_EVERY_MS = 60_000;

/** What has befallen the file, and what comes of it. */
const MISHAPS: Readonly<Record<Exclude<HistoryMishap, "damaged">, string>> = {
  deleted: "was deleted, and what it held is gone: a new one begins, with the requests that wait",
  moved: "was moved away, and what it held with it: a new one begins",
  replaced: "was replaced: what stands there now is opened in its place",
  sides: "has lost its -wal or -shm file: it is opened anew, and nothing is lost",
};

export class HistoryKeeper {
  readonly #options: HistoryKeeperOptions;
  #file: HistoryFile | undefined;
  /** Undefined while it works. */
  #trouble: HistoryTrouble | undefined;
  /** Whether that was said. */
  #isTold = false;
  /** Whether it was said that somebody else writes the file, too. */
  #isShared = false;
  #isClosed = false;
  #why = "";
  #setAsideAtMs = -Infinity;
  /** Told where the file was deleted, and what it held has gone with it. */
  readonly #onDeleted: () => void;

  constructor(options: HistoryKeeperOptions, onDeleted: () => void) {
    this.#options = options;
    this.#onDeleted = onDeleted;
  }

  /** Undefined while there is none to be had. */
  get file(): HistoryFile | undefined {
    return this.#file;
  }

  /** Why the file takes nothing; empty while it does. */
  get why(): string {
    return this.#why;
  }

  /** How long to wait before the next try; undefined while the file works. */
  get retryMs(): number | undefined {
    return this.#trouble && RETRY_MS[this.#trouble];
  }

  get isLocked(): boolean {
    return this.#trouble === "locked";
  }

  /**
   * The file, open; anew where it failed, for it may be another by now.
   *
   * @throws what `HistoryFile` does
   */
  open(): HistoryFile {
    const mayBeAnother = this.#trouble === "damaged" || this.#trouble === "other";
    if (mayBeAnother) this.#closeFile();
    this.#file ??= openHistory(this.#options.path);
    return this.#file;
  }

  /** Lets go of a file that is no longer what its path leads to; the next `open()` is of what is there now. */
  async look(): Promise<readonly Finding[]> {
    const file = this.#file;
    const mishap = await file?.mishap();
    if (file === undefined || file !== this.#file) return [];
    if (mishap === undefined) return this.#otherWriters(file);
    if (mishap === "damaged") {
      this.#befell("damaged", "it is damaged");
      return [];
    }
    this.#file = undefined;
    if (mishap === "deleted") this.#onDeleted();
    try {
      file.abandon();
    } catch {
      // What cannot be brought to a file that is gone is as gone as that.
    }
    return [{ level: "warn", line: `The history ${this.#options.path} ${MISHAPS[mishap]}.` }];
  }

  /** What the file could not do. A damaged one is set aside, and the next try begins a new one. */
  failed(cause: unknown): void {
    this.#befell(troubleOf(cause), wordsOf(cause));
  }

  /** It works. @param lost requests since the start */
  worked(lost: number): void {
    const wasTold = this.#isTold;
    this.#trouble = undefined;
    this.#isTold = false;
    this.#why = "";
    if (!wasTold) return;
    this.#options.warn(
      `The history is kept again in ${this.#options.path}; ${lost} requests were lost since the start.`,
    );
  }

  #befell(trouble: HistoryTrouble, why: string): void {
    if (this.#isClosed) return;
    if (trouble === "damaged" && this.#setAside()) return;
    // A lock that is gone at the next try was another process that wrote its rows.
    const isPassing = trouble === "locked" && this.#trouble === undefined;
    this.#trouble = trouble;
    this.#why = why;
    if (this.#isTold || isPassing) return;
    this.#isTold = true;
    this.#options.warn(
      `Cannot keep the history in ${this.#options.path}: ${why}. Requests go on; it is tried again.`,
    );
  }

  #otherWriters(file: HistoryFile): readonly Finding[] {
    if (!file.hasOtherWriters() || this.#isShared) return [];
    this.#isShared = true;
    const line =
      `The history ${this.#options.path} is written by another process as well, a second ` +
      "llm-proxy perhaps: the rows of both are kept in it.";
    return [{ level: "warn", line }];
  }

  close(): void {
    this.#isClosed = true;
    this.#closeFile();
  }

  /** False where it is no remedy. */
  #setAside(): boolean {
    const { path, now, warn } = this.#options;
    const nowMs = now().getTime();
    if (nowMs - this.#setAsideAtMs < SET_ASIDE_EVERY_MS) return false;
    this.#setAsideAtMs = nowMs;
    this.#closeFile();
    try {
      const aside = setAside(path, now());
      warn(`The history in ${path} is damaged; it is kept as ${aside}, and a new one begins.`);
      return true;
    } catch {
      return false;
    }
  }

  #closeFile(): void {
    const file = this.#file;
    this.#file = undefined;
    try {
      file?.close();
    } catch (cause) {
      this.#options.warn(`Cannot close the history ${this.#options.path}: ${wordsOf(cause)}.`);
    }
  }
}

function wordsOf(cause: unknown): string {
  return errorWords(cause);
}
