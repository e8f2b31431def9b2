/** A number that goes up and down; behind this interface event loops can share one. */
export interface SharedNumber {
  get(): number;
  add(by: number): void;
}

/** One for a single event loop. */
export class LocalCounter implements SharedNumber {
  #value = 0;

  get(): number {
    return this.#value;
  }

  add(by: number): void {
    this.#value += by;
  }
}
