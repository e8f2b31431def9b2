/**
 * A thread of its own that writes files. To have the runtime write one costs two switches between
 * threads, several times as much as the writing; here they are for many files at once, and a disk that
 * hangs holds up nobody else.
 */
import { parcelOf } from "./file_parcel.ts";
import { type Fates, type NewFile, writeNewFiles } from "./new_files.ts";

export interface FileThreadOptions {
  /** Default the thread of this program. */
  readonly url?: URL;
}

export class FileThread {
  readonly #url: URL;
  /** Undefined before the first file, and once it has died. */
  #worker: Worker | undefined;
  #isOver = false;
  #answer: ((fates: readonly Fates[] | undefined) => void) | undefined;

  constructor(
    { url = new URL("./file_thread_worker.ts", import.meta.url) }: FileThreadOptions = {},
  ) {
    this.#url = url;
  }

  /** For one caller at a time. Where the thread is gone, the files are written without it. */
  readonly write = async (files: readonly NewFile[]): Promise<readonly Fates[]> => {
    const fates = this.#isOver ? undefined : await this.#ask(files);
    return fates ?? await writeNewFiles(files);
  };

  /** Ends the thread. */
  close(): void {
    this.#isOver = true;
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#answer?.(undefined);
  }

  /** Undefined where the thread did not live to tell: some of the files may be there. */
  #ask(files: readonly NewFile[]): Promise<readonly Fates[] | undefined> {
    this.#worker ??= this.#start();
    const { promise, resolve } = Promise.withResolvers<readonly Fates[] | undefined>();
    this.#answer = resolve;
    const parcel = parcelOf(files);
    // Handed over, not copied.
    this.#worker.postMessage(parcel, [parcel.bytes.buffer]);
    return promise;
  }

  #start(): Worker {
    const worker = new Worker(this.#url, { type: "module" });
    worker.addEventListener("message", ({ data }) => this.#answer?.(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.close();
    });
    return worker;
  }
}
