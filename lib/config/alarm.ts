/** A wait that can be cut short for good. One at a time. */
export class Alarm {
  #closed = false;
  #wake: (() => void) | undefined;

  /** Waits until the time is up or `close` is called. */
  sleep(ms: number): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#wake = end;
    });
  }

  /** Ends every wait, now and later. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }
}
