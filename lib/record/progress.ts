/** Tells how far something is that takes over a second, and then every five. */
export interface ProgressOptions {
  /** What is being done: `deleting old request logs`. */
  readonly what: string;
  readonly tell: (line: string) => void;
  /** How many there are, about; undefined where that is not known. */
  readonly total?: number | undefined;
  readonly monotonicMs?: () => number;
}

const FIRST_AFTER_MS = 1000;
const AGAIN_AFTER_MS = 5000;

export class Progress {
  readonly #what: string;
  readonly #tell: (line: string) => void;
  readonly #total: number | undefined;
  readonly #monotonicMs: () => number;
  #done = 0;
  #tellAtMs: number;

  constructor(
    { what, tell, total, monotonicMs = () => performance.now() }: ProgressOptions,
  ) {
    this.#what = what;
    this.#tell = tell;
    this.#total = total;
    this.#monotonicMs = monotonicMs;
    this.#tellAtMs = monotonicMs() + FIRST_AFTER_MS;
  }

  /** So many more are done. */
  add(count: number): void {
    this.#done += count;
    const nowMs = this.#monotonicMs();
    if (nowMs < this.#tellAtMs) return;
    this.#tellAtMs = nowMs + AGAIN_AFTER_MS;
    const total = this.#total === undefined ? "" : ` of about ${grouped(this.#total)}`;
    this.#tell(`${this.#what}: ${grouped(this.#done)}${total}`);
  }
}

/** `12,000` */
function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
