/**
 * A thread of its own that writes files. To have the runtime write one costs two switches between
 * threads, several times as much as the writing; here they are for many files at once, and a disk that
 * hangs holds up nobody else.
 */
import type { LoggingSettings } from "../config/snapshot.ts";
import { startThread } from "../system/descriptors.ts";
import { FILE_THREAD } from "../system/places.ts";
import { LOADED, parcelOf } from "./file_parcel.ts";
import { type Fates, type NewFile, writeNewFiles } from "./new_files.ts";

export interface FileThreadOptions {
  /** Default the thread of this program. */
  readonly url?: URL;
  /** How long one that has died is left alone. Default a minute. */
  readonly restMs?: number;
}

const REST_MS = 60_000;

export class FileThread {
  readonly #url: URL;
  readonly #restMs: number;
  /** Undefined where it has died, or too few descriptors were left to start it. */
  #worker: Worker | undefined;
  #notBeforeMs = -Infinity;
  #loaded = Promise.withResolvers<void>();
  #answer: ((fates: readonly Fates[] | undefined) => void) | undefined;

  constructor(options: FileThreadOptions = {}) {
    const { url = FILE_THREAD, restMs } = options;
    this.#url = url;
    this.#restMs = restMs ?? REST_MS;
  }

  /**
   * Starts the thread with the program, while there are descriptors for it, where logs are kept;
   * resolves once it can be used, or never will.
   */
  async startFor(
    { requestDir, errorDir }: Pick<LoggingSettings, "requestDir" | "errorDir">,
  ): Promise<void> {
    if (requestDir === "" && errorDir === "") return;
    this.#start();
    if (this.#worker !== undefined) await this.#loaded.promise;
  }

  /** Where it does not run; where descriptors are short, the next write tries again. */
  #start(): void {
    if (performance.now() >= this.#notBeforeMs) this.#worker ??= this.#started();
  }

  /** For one caller at a time. Where there is no thread, the files are written without it. */
  readonly write = async (files: readonly NewFile[]): Promise<readonly Fates[]> => {
    this.#start();
    const fates = this.#worker && await this.#ask(this.#worker, files);
    return fates ?? await writeNewFiles(files);
  };

  /** Ends the thread. */
  close(): void {
    this.#end(Infinity);
  }

  #end(restMs: number): void {
    this.#notBeforeMs = performance.now() + restMs;
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#loaded.resolve();
    this.#answer?.(undefined);
  }

  /** Undefined where the thread did not live to tell: some of the files may be there. */
  #ask(worker: Worker, files: readonly NewFile[]): Promise<readonly Fates[] | undefined> {
    const { promise, resolve } = Promise.withResolvers<readonly Fates[] | undefined>();
    this.#answer = resolve;
    const parcel = parcelOf(files);
    // Handed over, not copied.
    worker.postMessage(parcel, [parcel.bytes.buffer]);
    return promise;
  }

  #started(): Worker | undefined {
    const worker = startThread(this.#url);
    worker?.addEventListener("message", ({ data }) => {
      if (data === LOADED) this.#loaded.resolve();
      else this.#answer?.(data);
    });
    worker?.addEventListener("error", (event) => {
      event.preventDefault();
      if (worker === this.#worker) this.#end(this.#restMs);
    });
    return worker;
  }
}
