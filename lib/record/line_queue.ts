/** Lines on their way to an output that may be slow: as many as wait are written at once. */
import { Pause } from "./pause.ts";

export interface LineQueueOptions {
  /** Writes whole lines, each with its line end. What it rejects with is its own affair: it must not. */
  readonly write: (lines: readonly string[]) => Promise<void>;
  /** The line that says how many were lost before it. */
  readonly lostLine: (count: number) => string;
  /** Called with each line that finds no room. */
  readonly onLost: () => void;
}

/** Lines waiting for a slow disk or terminal, at most; more are dropped and counted. */
const MAX_WAITING = 10_000;

/**
 * A write costs as much as the lines of many requests. After so many at once more will come, and are
 * waited for.
 */
const BUSY_LINES = 8;
const BUSY_MS = 10;

export class LineQueue {
  readonly #options: LineQueueOptions;
  #waiting: string[] = [];
  #lost = 0;
  #working: Promise<void> | undefined;
  readonly #pause = new Pause(BUSY_MS);

  constructor(options: LineQueueOptions) {
    this.#options = options;
  }

  /** Where few lines come, each is written at once. */
  add(line: string): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#lost++;
      return this.#options.onLost();
    }
    this.#waiting.push(line);
    this.#begin();
  }

  /** Resolves when every line so far is written or lost. */
  async drain(): Promise<void> {
    this.#pause.hurry(true);
    while (this.#working !== undefined) await this.#working;
    this.#pause.hurry(false);
  }

  #begin(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      if (this.#waiting.length > 0) this.#begin();
    });
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      await this.#options.write(lines);
      if (this.#lost > 0) {
        this.#waiting.unshift(this.#options.lostLine(this.#lost));
        this.#lost = 0;
      }
      if (lines.length > BUSY_LINES) await this.#pause.whole();
    }
  }
}
