/** Tells how far something is that takes over a second, and then every five. */
export class Progress {
  readonly #what: string;
  readonly #tell: (line: string) => void;
  readonly #total: number | undefined;
  #done = 0;
  #tellAtMs = performance.now() + 1000;

  /** @param total how many there are, about, where that is known */
  constructor(what: string, tell: (line: string) => void, total?: number) {
    this.#what = what;
    this.#tell = tell;
    this.#total = total;
  }

  get done(): number {
    return this.#done;
  }

  add(count: number): void {
    this.#done += count;
    const nowMs = performance.now();
    if (nowMs < this.#tellAtMs) return;
    this.#tellAtMs = nowMs + 5000;
    const total = this.#total === undefined ? "" : ` of about ${grouped(this.#total)}`;
    this.#tell(`${this.#what}: ${grouped(this.#done)}${total}`);
  }
}

/** `12,000` */
function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
