/** Keeps the history's file open, and gets over what befalls it. */
import type { HistoryFile } from "./history_file.ts";
import { type HistoryTrouble, openHistory, setAside, troubleOf } from "./open_history.ts";

export interface HistoryKeeperOptions {
  readonly path: string;
  readonly now: () => Date;
  /** Called when the file begins to fail, and when it works again. */
  readonly warn: (line: string) => void;
}

/** Until the next try: a lock or a shortage is soon gone, anything else takes a person. */
const RETRY_MS = { damaged: 30_000, locked: 500, short: 1_000, other: 30_000 };
/** What is damaged again this soon is not the file. */
const SET_ASIDE_EVERY_MS = 60_000;

export class HistoryKeeper {
  readonly #options: HistoryKeeperOptions;
  #file: HistoryFile | undefined;
  /** Undefined while it works. */
  #trouble: HistoryTrouble | undefined;
  #isClosed = false;
  #setAsideAtMs = -Infinity;

  constructor(options: HistoryKeeperOptions) {
    this.#options = options;
  }

  /** Undefined while there is none to be had. */
  get file(): HistoryFile | undefined {
    return this.#file;
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

  /** What the file could not do. A damaged one is set aside, and the next try begins a new one. */
  failed(cause: unknown): void {
    if (this.#isClosed) return;
    const trouble = troubleOf(cause);
    if (trouble === "damaged" && this.#setAside()) return;
    const isKnown = this.#trouble !== undefined;
    this.#trouble = trouble;
    if (isKnown) return;
    this.#options.warn(
      `Cannot keep the history in ${this.#options.path}: ${wordsOf(cause)}. Requests go on; ` +
        "it is tried again.",
    );
  }

  /** It works. @param lost requests since the start */
  worked(lost: number): void {
    if (this.#trouble === undefined) return;
    this.#trouble = undefined;
    this.#options.warn(
      `The history is kept again in ${this.#options.path}; ${lost} requests were lost since the start.`,
    );
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
  return cause instanceof Error ? cause.message : String(cause);
}
