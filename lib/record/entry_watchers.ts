/** Whoever watches requests, told one after the other; what one of them throws harms nobody else. */
import type { AttemptRecord, Entry, EntryWatcher } from "./entry.ts";

export class EntryWatchers implements EntryWatcher {
  readonly #watchers = new Set<EntryWatcher>();
  readonly #onFault: (entry: Entry, cause: unknown) => void;

  /** @param onFault called with what a watcher threw, and the request that it missed */
  constructor(onFault: (entry: Entry, cause: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Gives the function that ends it. */
  add(watcher: EntryWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  readonly onOpen = (entry: Entry): void => {
    this.#tell(entry, (watcher) => watcher.onOpen?.(entry));
  };

  readonly onAttempt = (entry: Entry, attempt: AttemptRecord): void => {
    this.#tell(entry, (watcher) => watcher.onAttempt(entry, attempt));
  };

  readonly onEnd = (entry: Entry): void => {
    this.#tell(entry, (watcher) => watcher.onEnd(entry));
  };

  #tell(entry: Entry, tell: (watcher: EntryWatcher) => void): void {
    for (const watcher of this.#watchers) {
      try {
        tell(watcher);
      } catch (cause) {
        this.#onFault(entry, cause);
      }
    }
  }
}
