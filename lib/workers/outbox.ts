/** What a loop hands to the main one: gathered, bounded, and sent when the last lot has been taken. */
import type { LogRecord } from "@logtape/logtape";
import type { HistoryRecord } from "../record/history_rows.ts";
import type { MainLoop } from "../record/main_loop.ts";
import type { Batch, Sight } from "./messages.ts";

export interface OutboxOptions {
  readonly post: (batch: Batch) => void;
  /** Whether anybody wants the requests that are over. */
  readonly wantsRows: boolean;
  /** Default 20. */
  readonly gatherMs?: number;
}

/** Of each kind, waiting for a main loop that is busy; more are refused. */
const MOST_WAITING = 10_000;
const GATHER_MS = 20;

export class Outbox implements MainLoop {
  readonly row: MainLoop["row"];
  readonly #post: OutboxOptions["post"];
  readonly #gatherMs: number;
  #waiting = emptyBatch();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Batches that the main loop has not taken yet. */
  #underWay = 0;
  #onEmpty: (() => void)[] = [];

  constructor({ post, wantsRows, gatherMs = GATHER_MS }: OutboxOptions) {
    this.#post = post;
    this.#gatherMs = gatherMs;
    this.row = wantsRows
      ? (record: HistoryRecord) => this.#add(this.#waiting.rows, record)
      : undefined;
  }

  readonly line = (record: LogRecord): boolean => this.#add(this.#waiting.lines, record);

  readonly wrote = (name: string, bytes: number): void => {
    this.#add(this.#waiting.written, [name, bytes]);
  };

  readonly sight = (sight: Sight): void => void this.#add(this.#waiting.sights, sight);

  /** The main loop has taken a batch. */
  taken(): void {
    this.#underWay--;
    if (!isEmpty(this.#waiting)) return this.#soon();
    if (this.#underWay > 0) return;
    this.#onEmpty.forEach((resolve) => resolve());
    this.#onEmpty = [];
  }

  /** Sends what waits, whether or not the last lot has been taken. */
  send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (isEmpty(this.#waiting)) return;
    const batch = this.#waiting;
    this.#waiting = emptyBatch();
    this.#underWay++;
    this.#post(batch);
  }

  /** Resolves when the main loop has taken everything. */
  async flush(): Promise<void> {
    this.send();
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#onEmpty.push(resolve));
  }

  #add<Item>(list: Item[], item: Item): boolean {
    if (list.length >= MOST_WAITING) return false;
    list.push(item);
    this.#soon();
    return true;
  }

  #soon(): void {
    if (this.#underWay > 0) return;
    this.#timer ??= setTimeout(() => this.send(), this.#gatherMs);
  }
}

type Growing = { readonly [Kind in keyof Batch]: Batch[Kind][number][] };

function emptyBatch(): Growing {
  return { lines: [], rows: [], written: [], sights: [] };
}

function isEmpty(batch: Batch): boolean {
  return Object.values(batch).every((list) => list.length === 0);
}
