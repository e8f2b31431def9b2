/**
 * Writes whole files off the request's path. A full, slow or broken disk costs a file and a warning,
 * never a request.
 */
import { basename, dirname } from "node:path";
import { setImmediate } from "node:timers";
import { Pause } from "./pause.ts";
import { type Fates, type NewFile, type WriteFiles, writeNewFiles } from "./new_files.ts";
import { errorWords } from "../system/error_words.ts";

export interface LogFilesOptions {
  /** Called when files begin to be lost, and when writing works again. */
  readonly warn: (line: string) => void;
  /** Called with each file that was written. */
  readonly wrote: (name: string, bytes: number) => void;
  /** Asked for one batch at a time. Default `writeNewFiles`. */
  readonly write?: WriteFiles | undefined;
}

/** Files waiting to be written, at most, and the memory they hold; more are dropped. */
const MAX_WAITING = 10_000;
const MAX_WAITING_BYTES = 128 * 1024 * 1024;

/** Files written together. */
const MOST_AT_ONCE = 64;
const MOST_BYTES_AT_ONCE = 4 * 1024 * 1024;

/** Where files come thick and fast, so much time for more of them between two writes. */
const BETWEEN_MS = 10;

/** Stands for the queue among directories. */
const QUEUE = "in memory";

/** A file to write; its text is made once the event loop has done what is more urgent. */
export interface LogFile {
  readonly paths: readonly string[];
  /** Memory held until it is written. */
  readonly heldBytes: number;
  readonly text: () => Promise<string>;
}

export class LogFiles {
  readonly #warn: LogFilesOptions["warn"];
  readonly #wrote: LogFilesOptions["wrote"];
  readonly #waiting: LogFile[] = [];
  readonly #write: WriteFiles;
  readonly #pause = new Pause(BETWEEN_MS);
  readonly #turn = new Turn();
  #working: Promise<void> | undefined;
  /** The directories that cannot be written now, and the queue while it is full. */
  readonly #failing = new Set<string>();
  #waitingBytes = 0;
  #lost = 0;

  constructor({ warn, wrote, write = writeNewFiles }: LogFilesOptions) {
    this.#warn = warn;
    this.#wrote = wrote;
    this.#write = write;
  }

  /** Files lost since the start. */
  get lost(): number {
    return this.#lost;
  }

  add(file: LogFile): void {
    const bytes = this.#waitingBytes + file.heldBytes;
    const full = this.#waiting.length >= MAX_WAITING || bytes > MAX_WAITING_BYTES;
    if (full && this.#waiting.length > 0) return this.#lose(QUEUE, "the disk is too slow");
    const text = this.#turn.next().then(file.text);
    // Looked at when its turn comes: whoever waits for the disk keeps a text, not all it is made of.
    text.catch(() => {});
    this.#waiting.push({ ...file, text: () => text });
    this.#waitingBytes = bytes;
    this.#work();
  }

  /** Resolves when everything added so far is written or lost. */
  async flush(): Promise<void> {
    this.#pause.hurry(true);
    while (this.#working !== undefined) await this.#working;
    this.#pause.hurry(false);
  }

  #work(): void {
    this.#working ??= this.#writeWaiting().finally(() => {
      this.#working = undefined;
      if (this.#waiting.length > 0) this.#work();
    });
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const files = await Promise.all(this.#take().map(made));
      const whole = files.filter((file) => "bytes" in file);
      const fates = await this.#write(whole);
      whole.forEach((file, index) => this.#settle(file, fates[index] ?? []));
      for (const file of files) if ("why" in file) this.#lose(dirname(file.path), file.why);
      await this.#pause.untilDue();
    }
    this.#recovered(QUEUE);
  }

  /** The next files, so many as are worth a write. */
  #take(): LogFile[] {
    const taken: LogFile[] = [];
    let bytes = 0;
    while (taken.length < MOST_AT_ONCE && bytes < MOST_BYTES_AT_ONCE) {
      const file = this.#waiting.shift();
      if (file === undefined) break;
      this.#waitingBytes -= file.heldBytes;
      bytes += file.heldBytes;
      taken.push(file);
    }
    return taken;
  }

  #settle({ paths, bytes }: NewFile, fates: Fates): void {
    paths.forEach((path, index) => {
      const why = fates[index];
      if (why !== undefined) return this.#lose(dirname(path), why);
      this.#wrote(basename(path), bytes.length);
      this.#recovered(dirname(path));
    });
  }

  #lose(place: string, why: string): void {
    this.#lost++;
    if (this.#failing.has(place)) return;
    this.#failing.add(place);
    this.#warn(
      `Request logs are being lost (${place}): ${why}. Requests go on; the loss is counted.`,
    );
  }

  #recovered(place: string): void {
    if (!this.#failing.delete(place)) return;
    this.#warn(`Request logs are written again (${place}); ${this.#lost} lost since the start.`);
  }
}

/** The next turn of the event loop: one for all that wait for it. */
class Turn {
  #next: Promise<void> | undefined;

  next(): Promise<void> {
    this.#next ??= new Promise((resolve) =>
      setImmediate(() => {
        this.#next = undefined;
        resolve();
      })
    );
    return this.#next;
  }
}

/** The file with its text, or why there is none. */
async function made(
  { paths, text }: LogFile,
): Promise<NewFile | { readonly path: string; readonly why: string }> {
  try {
    return { paths, bytes: new TextEncoder().encode(await text()) };
  } catch (cause) {
    return { path: paths[0] ?? "", why: errorWords(cause) };
  }
}
