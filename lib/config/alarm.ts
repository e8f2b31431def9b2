/** Waits that can be cut short. One at a time. */
export class Alarm {
  #rung = false;
  #closed = false;
  #wake: (() => void) | undefined;

  /** Waits until the time is up, `ring` is called (or was since the last wait), or `close`. */
  async wait(ms: number): Promise<void> {
    if (!this.#rung) await this.sleep(ms, () => this.#rung);
    this.#rung = false;
  }

  /** Waits until the time is up or `close` is called; or, when woken, `until` says so. */
  sleep(ms: number, until: () => boolean = () => false): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#wake = () => {
        if (this.#closed || until()) end();
      };
    });
  }

  /** Ends the wait now, or the next one before it starts. */
  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Ends every wait, now and later. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }
}
