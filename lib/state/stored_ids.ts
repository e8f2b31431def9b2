/**
 * Which backend, and which of its keys, made a stored object: a file, a batch, an assistant. It
 * outlives the process in a file of its own, which is written off the request's path.
 */
import type { Snapshot } from "../config/snapshot.ts";
import type { Clock } from "./clock.ts";
import { RecentMap } from "./recent_map.ts";
import type { Shared } from "./shared.ts";
import type { Finding, KeptFile } from "../record/kept_files.ts";
import {
  STORED_CHANGES,
  StoredIdsFile,
  type StoredLine,
  type StoredLines,
} from "./stored_ids_file.ts";
import { countOf, type Unwritten } from "../record/unwritten.ts";
import { errorWords } from "../system/error_words.ts";

export interface StoredHome {
  readonly backend: string;
  readonly keyDigest: string | undefined;
}

export interface StoredIdsOptions extends Pick<Clock, "now"> {
  /** Called when the file begins to fail, and for what is damaged in it. */
  readonly warn: (line: string) => void;
  readonly maxEntries?: number;
  /** Default: there is one event loop. */
  readonly shared?: Shared | undefined;
}

type Entry = StoredHome & { readonly at: string };

const MAX_ENTRIES = 20_000;

export class StoredIds implements KeptFile {
  readonly #now: () => Date;
  readonly #warn: (line: string) => void;
  readonly #maxEntries: number;
  readonly #entries: RecentMap<Entry>;
  readonly #shared: Shared | undefined;
  /** One event loop writes for all. */
  readonly #isWriter: boolean;
  #file: StoredIdsFile | undefined;
  /** Entries of the map that the file does not have yet, as its lines. */
  #waiting: StoredLine[] = [];
  /** Whether the file has to be written anew: a write failed, or too many lines wait. */
  #isStale = false;
  #working: Promise<void> = Promise.resolve();
  #isWorking = false;
  /** Why the file fails; empty while it does not. */
  #why = "";
  /** Whether it was said that somebody else writes the file, too. */
  #isShared = false;

  constructor({ now, warn, maxEntries = MAX_ENTRIES, shared }: StoredIdsOptions) {
    this.#now = now;
    this.#warn = warn;
    this.#maxEntries = maxEntries;
    this.#isWriter = shared === undefined || shared.loop === 0;
    this.#shared = shared;
    const onOthers = (id: string | undefined) => this.#learnFromOthers(id);
    this.#entries = new RecentMap(maxEntries, { shared, name: "stored", rings: true, onOthers });
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * Takes the file from a snapshot; at the start and at each reload. What another file holds is read
   * by and by, and what is known already is written to it as well.
   */
  configure({ fallback: { storedIdsFile } }: Pick<Snapshot, "fallback">): void {
    if (!this.#isWriter || (this.#file?.path ?? "") === storedIdsFile) return;
    this.#isStale = this.#file !== undefined || this.size > 0;
    this.#file = storedIdsFile === "" ? undefined : new StoredIdsFile(storedIdsFile);
    this.#waiting = [];
    this.#why = "";
    this.#work();
  }

  get(id: string): StoredHome | undefined {
    const entry = this.#entries.get(id);
    return entry && { backend: entry.backend, keyDigest: entry.keyDigest };
  }

  /** @param id a digest */
  set(id: string, { backend, keyDigest }: StoredHome): void {
    const known = this.#entries.get(id);
    if (known?.backend === backend && known.keyDigest === keyDigest) return;
    const entry = { backend, keyDigest, at: this.#now().toISOString() };
    this.#entries.set(id, entry);
    this.#writeLater(id, entry);
    this.#work();
  }

  /** Ids that only the memory has, because the file fails; undefined for none. */
  get unwritten(): Unwritten | undefined {
    if (this.#why === "" || this.size === 0) return undefined;
    const what = countOf(this.size, "id of a stored object", "ids of stored objects");
    return { what, why: this.#why };
  }

  /** Resolves when everything so far is read, and written or lost. */
  async flush(): Promise<void> {
    this.#entries.catchUp();
    while (this.#isWorking) await this.#working;
  }

  /** What is gone is written again, what others have added is taken in; what failed is tried again. */
  async look(): Promise<readonly Finding[]> {
    this.#work();
    await this.flush();
    return [];
  }

  /** @param id undefined where anything may have changed */
  #learnFromOthers(id: string | undefined): void {
    if (!this.#isWriter) return;
    const entry = id === undefined ? undefined : this.#entries.get(id);
    if (id === undefined || entry === undefined) this.#rewriteLater();
    else this.#writeLater(id, entry);
    // Not while all loops wait.
    this.#shared?.afterwards(() => this.#work());
  }

  #writeLater(id: string, { backend, keyDigest, at }: Entry): void {
    if (this.#file === undefined) return;
    this.#waiting.push({ id, backend, key: keyDigest ?? null, at });
    if (this.#waiting.length > this.#maxEntries) this.#rewriteLater();
  }

  #rewriteLater(): void {
    this.#waiting = [];
    this.#isStale = true;
  }

  #work(): void {
    if (this.#isWorking || this.#file === undefined) return;
    this.#isWorking = true;
    this.#working = this.#keepUp(this.#file);
  }

  /** Brings one file up to date, and then the next if a reload has named another meanwhile. */
  async #keepUp(file: StoredIdsFile): Promise<void> {
    try {
      if (!file.isRead) this.#take(await file.read(), file);
      else await this.#followOthers(file);
      while (this.#file === file && (this.#isStale || this.#waiting.length > 0)) {
        await this.#write(file);
      }
      if (this.#file === file) this.#worked(file);
    } catch (cause) {
      if (this.#file === file) this.#failed(file, cause);
    }
    this.#isWorking = false;
    if (this.#file !== file) this.#work();
  }

  async #write(file: StoredIdsFile): Promise<void> {
    const lines = this.#waiting;
    this.#waiting = [];
    const compacts = this.#isStale || file.lines + lines.length >= 2 * this.size;
    this.#isStale = false;
    await (compacts ? file.rewrite(this.#lines()) : file.append(lines));
  }

  /** Nothing is written to a file that somebody else has changed before it was read. */
  async #followOthers(file: StoredIdsFile): Promise<void> {
    const change = await file.change();
    if (change === undefined) return;
    this.#take(await file.read(), file);
    if (change === "grown" && this.#isShared) return;
    this.#isShared ||= change === "grown";
    this.#warn(`The file of stored ids ${file.path} ${STORED_CHANGES[change]}.`);
  }

  /** What the file held is older than what was learned since. */
  #take({ lines, damaged, isCut }: StoredLines, { path }: StoredIdsFile): void {
    const older = lines.map(({ id, backend, key, at }) =>
      [id, { backend, keyDigest: key ?? undefined, at }] as const
    );
    this.#entries.setOlder(older);
    const written = new Set([...lines, ...this.#waiting].map(({ id }) => id));
    const lacks = [...this.#entries.entries()].some(([id]) => !written.has(id));
    this.#isStale ||= isCut || damaged > 0 || lacks;
    if (damaged === 0) return;
    this.#warn(
      `${damaged} damaged lines of ${path} were skipped: what they say of stored objects is lost.`,
    );
  }

  #worked({ path }: StoredIdsFile): void {
    if (this.#why === "") return;
    this.#why = "";
    this.#warn(`Ids of stored objects are kept again in ${path}; none is missing.`);
  }

  #failed({ path }: StoredIdsFile, cause: unknown): void {
    this.#rewriteLater();
    const wasFailing = this.#why !== "";
    this.#why = errorWords(cause);
    if (wasFailing) return;
    this.#warn(
      `Cannot keep ids of stored objects in ${path}: ${this.#why}. They are kept in memory meanwhile.`,
    );
  }

  *#lines(): Iterable<StoredLine> {
    for (const [id, { backend, keyDigest, at }] of this.#entries.entries()) {
      yield { id, backend, key: keyDigest ?? null, at };
    }
  }
}
