/**
 * Writes whole files off the request's path. A full, slow or broken disk costs a file and a warning,
 * never a request.
 */
import { basename, dirname } from "node:path";

export interface LogFilesOptions {
  /** Called when files begin to be lost, and when writing works again. */
  readonly warn: (line: string) => void;
  /** Called with each file that was written. */
  readonly wrote: (name: string, bytes: number) => void;
}

/** Files waiting to be written, at most, and the memory they hold; more are dropped. */
const MAX_WAITING = 10_000;
const MAX_WAITING_BYTES = 128 * 1024 * 1024;

/** Writes under way at once. */
const MAX_WRITING = 4;

/** Stands for the queue among directories. */
const QUEUE = "in memory";

/** A file to write; the text is made when its turn comes. */
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
  readonly #writing = new Set<Promise<void>>();
  /** The directories that cannot be written now, and the queue while it is full. */
  readonly #failing = new Set<string>();
  #waitingBytes = 0;
  #lost = 0;

  constructor({ warn, wrote }: LogFilesOptions) {
    this.#warn = warn;
    this.#wrote = wrote;
  }

  /** Files lost since the start. */
  get lost(): number {
    return this.#lost;
  }

  add(file: LogFile): void {
    const bytes = this.#waitingBytes + file.heldBytes;
    const full = this.#waiting.length >= MAX_WAITING || bytes > MAX_WAITING_BYTES;
    if (full && this.#waiting.length > 0) return this.#lose(QUEUE, "the disk is too slow");
    this.#waiting.push(file);
    this.#waitingBytes = bytes;
    this.#work();
  }

  /** Resolves when everything added so far is written or lost. */
  async flush(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing);
  }

  #work(): void {
    while (this.#writing.size < MAX_WRITING) {
      const file = this.#waiting.shift();
      if (file === undefined) return this.#recovered(QUEUE);
      this.#waitingBytes -= file.heldBytes;
      const writing = this.#write(file).finally(() => {
        this.#writing.delete(writing);
        this.#work();
      });
      this.#writing.add(writing);
    }
  }

  async #write({ paths, text }: LogFile): Promise<void> {
    const made = await text().then((text) => new TextEncoder().encode(text), asError);
    for (const path of paths) {
      const written = made instanceof Error ? made : await writeNew(path, made).catch(asError);
      if (written instanceof Error) {
        this.#lose(dirname(path), written.message);
      } else {
        this.#wrote(basename(path), written);
        this.#recovered(dirname(path));
      }
    }
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

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}

/** Creates a file, and its directory if need be, readable by its owner alone; gives its bytes. */
async function writeNew(path: string, bytes: Uint8Array): Promise<number> {
  try {
    await create(path, bytes);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await create(path, bytes);
  }
  return bytes.length;
}

/** Leaves nothing behind of a file for which there was no room. */
async function create(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await Deno.writeFile(path, bytes, { createNew: true, mode: 0o600 });
  } catch (cause) {
    // What exists already is somebody else's; after any other fault what is there was made here.
    const isOurs = !(cause instanceof Deno.errors.AlreadyExists);
    if (isOurs) await Deno.remove(path).catch(() => {});
    throw cause;
  }
}
