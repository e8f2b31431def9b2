/** Calls something later, once, at the earliest time that anybody asked for. Keeps no process alive. */
export class WakeUp {
  readonly #call: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueMs = Infinity;
  #isOff = false;

  constructor(call: () => void) {
    this.#call = call;
  }

  get isOff(): boolean {
    return this.#isOff;
  }

  /** Calls within that time, unless it is to call sooner anyway. */
  within(ms: number): void {
    const dueMs = performance.now() + ms;
    if (this.#isOff || dueMs >= this.#dueMs) return;
    clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => {
      this.#dueMs = Infinity;
      this.#call();
    }, ms);
    Deno.unrefTimer(this.#timer);
  }

  /** Never calls again. */
  turnOff(): void {
    this.#isOff = true;
    clearTimeout(this.#timer);
  }
}
