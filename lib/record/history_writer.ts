/** Writes the history's rows, some at a time, and deletes old ones; off the request's path. */
import type { HistoryFile } from "./history_file.ts";
import { HistoryKeeper, type HistoryKeeperOptions } from "./history_keeper.ts";
import type { HistoryRecord } from "./history_rows.ts";
import type { Finding } from "./kept_files.ts";
import { Progress } from "./progress.ts";
import { WakeUp } from "./wake_up.ts";

export interface HistoryWriterOptions extends HistoryKeeperOptions {
  readonly info: (line: string) => void;
}

/** Requests waiting to be written, at most; more are lost. */
const MAX_WAITING = 10_000;
/** Written in one go. */
const BATCH = 64;
/** Rows wait this long for others to be written with. */
const GATHER_MS = 250;
const SETTLE_AFTER = 1000;
/** Requests deleted in one go, and the pause between two. */
const [BITE, BITE_PAUSE_MS] = [100, 20];
const PRUNE_EVERY_MS = 3_600_000;
/** How often the end tries a locked file, and how long it waits in between. */
const [FLUSH_TRIES, FLUSH_PAUSE_MS] = [20, 25];

export class HistoryWriter {
  readonly #options: HistoryWriterOptions;
  readonly #keeper: HistoryKeeper;
  readonly #alarm = new WakeUp(() => this.#work());
  #waiting: HistoryRecord[] = [];
  /** Written since the file was last seen in its place: they are written again where it was deleted. */
  #unseen: HistoryRecord[] = [];
  #working: Promise<void> | undefined;
  #lost = 0;
  #isOverflowing = false;
  #unsettled = 0;
  #retainMs = Infinity;
  #prunedAtMs = -Infinity;
  #pruning: Progress | undefined;

  constructor(options: HistoryWriterOptions) {
    this.#options = options;
    this.#keeper = new HistoryKeeper(options, () => this.#writeAgain());
    this.#alarm.within(0);
  }

  /** Requests that are in no file since the start. */
  get lost(): number {
    return this.#lost;
  }

  /** Empty while the file takes rows. */
  get why(): string {
    return this.#keeper.why;
  }

  /** The file, to be read; undefined while there is none to be had. */
  get file(): HistoryFile | undefined {
    return this.#keeper.file;
  }

  /** Opens the file, where that is not done yet. */
  open(): void {
    try {
      this.#keeper.open();
    } catch (cause) {
      this.#keeper.failed(cause);
    }
  }

  /** Rows older than this are deleted, from now on and every hour. */
  retain(ms: number): void {
    if (ms === this.#retainMs) return;
    this.#retainMs = ms;
    this.#prunedAtMs = -Infinity;
    this.#alarm.within(0);
  }

  add(record: HistoryRecord): void {
    if (this.#alarm.isOff) return;
    if (this.#waiting.length >= MAX_WAITING) return this.#lose();
    this.#waiting.push(record);
    this.#alarm.within(this.#restMs());
  }

  /** Looks at the file once; begins it anew where it is gone, and tries again where it failed and that is asked. */
  async look(isAsked: boolean): Promise<readonly Finding[]> {
    while (this.#working !== undefined) await this.#working;
    const findings: Finding[] = [];
    await this.#inTurn(async () => {
      findings.push(...await this.#keeper.look());
      this.#unseen = [];
      const isGone = this.#keeper.file === undefined && this.#keeper.retryMs === undefined;
      if (isGone || (isAsked && this.#keeper.retryMs !== undefined)) await this.#step();
    });
    return findings;
  }

  /** Something that was read of the file could not be. */
  failed(cause: unknown): void {
    this.#keeper.failed(cause);
    this.#alarm.within(this.#restMs());
  }

  /** Resolves when everything so far is written and on the disk, or cannot be. */
  async flush(): Promise<void> {
    for (let tries = 0; this.#waiting.length > 0 && tries < FLUSH_TRIES && !this.#alarm.isOff;) {
      await this.#work();
      if (this.#keeper.retryMs === undefined) continue;
      if (!this.#keeper.isLocked) return;
      tries++;
      await new Promise((resolve) => setTimeout(resolve, FLUSH_PAUSE_MS));
    }
    while (this.#working !== undefined) await this.#working;
    await this.#inTurn(() => this.#settle());
  }

  /** Closes the file; what still waits is lost. */
  close(): void {
    this.#alarm.turnOff();
    this.#lost += this.#waiting.length;
    this.#waiting = [];
    this.#keeper.close();
  }

  #work(): Promise<void> {
    return this.#inTurn(() => this.#step());
  }

  async #step(): Promise<void> {
    const file = this.#keeper.open();
    this.#write(file);
    this.#keeper.worked(this.#lost);
    if (this.#unsettled >= SETTLE_AFTER) await this.#settle();
    if (!this.#alarm.isOff) this.#prune(file);
  }

  /** One step at a time: whoever asks meanwhile waits for the one under way. */
  #inTurn(step: () => Promise<void>): Promise<void> {
    if (this.#alarm.isOff) return Promise.resolve();
    this.#working ??= step().catch((cause) => this.#keeper.failed(cause)).finally(() => {
      this.#working = undefined;
      this.#alarm.within(this.#restMs());
    });
    return this.#working;
  }

  /** Until there is something to do again. */
  #restMs(): number {
    const { retryMs } = this.#keeper;
    if (retryMs !== undefined) return retryMs;
    if (this.#waiting.length > 0) return this.#waiting.length >= BATCH ? 0 : GATHER_MS;
    return this.#pruning === undefined ? PRUNE_EVERY_MS : BITE_PAUSE_MS;
  }

  #write(file: HistoryFile): void {
    const batch = this.#waiting.slice(0, BATCH);
    if (batch.length > 0) file.write(batch);
    this.#waiting.splice(0, batch.length);
    if (this.#unseen.length < MAX_WAITING) this.#unseen.push(...batch);
    this.#unsettled += batch.length;
    if (this.#waiting.length === 0) this.#isOverflowing = false;
  }

  /** They come first, as they were; what there is no room for is lost. */
  #writeAgain(): void {
    const again = this.#unseen.slice(0, MAX_WAITING - this.#waiting.length);
    this.#lost += this.#unseen.length - again.length;
    this.#waiting.unshift(...again);
  }

  async #settle(): Promise<void> {
    if (this.#unsettled === 0) return;
    await this.#keeper.file?.settle();
    this.#unsettled = 0;
  }

  /** Deletes a bite of what is too old, if it is time. */
  #prune(file: HistoryFile): void {
    const nowMs = this.#options.now().getTime();
    if (this.#pruning === undefined && nowMs - this.#prunedAtMs < PRUNE_EVERY_MS) return;
    this.#prunedAtMs = nowMs;
    if (this.#retainMs === Infinity) return;
    const tell = this.#options.info;
    this.#pruning ??= new Progress({ what: "deleting old rows of the history", tell });
    const deleted = file.prune(nowMs - this.#retainMs, BITE);
    this.#unsettled += deleted;
    this.#pruning.add(deleted);
    if (deleted < BITE) this.#pruning = undefined;
  }

  #lose(): void {
    this.#lost++;
    if (this.#isOverflowing) return;
    this.#isOverflowing = true;
    this.#options.warn(
      `Requests are missing from the history: ${MAX_WAITING} wait to be written. They are counted.`,
    );
  }
}
