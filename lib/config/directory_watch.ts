/** What is used of `Deno.FsWatcher`. */
export interface Watch extends AsyncIterable<unknown> {
  close(): void;
}

export interface DirectoryWatchOptions {
  /** Something in one of the directories has changed. */
  readonly onEvent: () => void;
  /** A directory cannot be watched, or no longer. */
  readonly onFault: (directory: string, cause: unknown) => void;
  readonly watchFs: (directory: string) => Watch;
}

/**
 * Watches directories, not files: the watch of a file dies with the first rename over it (vim,
 * `sed -i`, Kubernetes).
 */
export class DirectoryWatch {
  readonly #options: DirectoryWatchOptions;
  readonly #watchers = new Map<string, Watch>();
  readonly #pumps = new Set<Promise<void>>();

  constructor(options: DirectoryWatchOptions) {
    this.#options = options;
  }

  /** Watches these directories, and those that are not among them no longer. */
  watch(directories: ReadonlySet<string>): void {
    for (const directory of this.#watchers.keys()) {
      if (!directories.has(directory)) this.#stop(directory);
    }
    for (const directory of directories) {
      if (!this.#watchers.has(directory)) this.#start(directory);
    }
  }

  async close(): Promise<void> {
    this.watch(new Set());
    await Promise.all(this.#pumps);
  }

  #start(directory: string): void {
    try {
      const watcher = this.#options.watchFs(directory);
      this.#watchers.set(directory, watcher);
      const pump = this.#pump(directory, watcher).finally(() => this.#pumps.delete(pump));
      this.#pumps.add(pump);
    } catch (cause) {
      this.#options.onFault(directory, cause);
    }
  }

  #stop(directory: string): void {
    const watcher = this.#watchers.get(directory);
    this.#watchers.delete(directory);
    watcher?.close();
  }

  async #pump(directory: string, watcher: Watch): Promise<void> {
    try {
      for await (const _event of watcher) this.#options.onEvent();
    } catch (cause) {
      // One that was stopped on purpose has been forgotten before it was closed.
      if (this.#watchers.get(directory) === watcher) this.#options.onFault(directory, cause);
    }
  }
}
