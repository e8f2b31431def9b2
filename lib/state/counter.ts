/** A number that goes up and down; behind this, event loops can share one. */
export interface Counter {
  readonly value: number;
  add(by: number): void;
}

/** One for a single event loop. */
export class LocalCounter implements Counter {
  #value = 0;

  get value(): number {
    return this.#value;
  }

  add(by: number): void {
    this.#value += by;
  }
}
