/** A number of which every event loop has its part: whoever asks is told the sum. */
import type { Counter } from "./counters.ts";
import type { SharedNumber } from "./local_counter.ts";
import type { Shared } from "./shared.ts";

export interface LoopNumberOptions {
  readonly name: string;
  /** What the others are told it in, rounded up; their cells are 32 bits wide. Default 1. */
  readonly unit?: number;
}

export class LoopNumber implements SharedNumber {
  readonly #shared: Shared;
  readonly #name: string;
  readonly #wholeName: string;
  readonly #ownName: string;
  readonly #unit: number;
  /** This loop's part, which is known to the last one. */
  #own = 0;
  /** The same as the others know it. */
  #toldUnits = 0;

  constructor(shared: Shared, { name, unit = 1 }: LoopNumberOptions) {
    this.#shared = shared;
    this.#wholeName = JSON.stringify([name]);
    this.#ownName = partName(name, shared.loop);
    this.#name = name;
    this.#unit = unit;
  }

  get(): number {
    return this.#own + (this.#whole.get() - this.#toldUnits) * this.#unit;
  }

  add(by: number): void {
    this.#own += by;
    const units = Math.ceil(this.#own / this.#unit);
    if (units !== this.#toldUnits) this.#tell(units - this.#toldUnits);
    this.#toldUnits = units;
  }

  /** The part of a loop that has ended is nothing any more. */
  forget(loop: number): void {
    const theirs = this.#shared.counters.of(partName(this.#name, loop));
    this.#whole.add(-theirs.get());
    theirs.set(0);
  }

  get #whole(): Counter {
    return this.#shared.counters.of(this.#wholeName);
  }

  #tell(units: number): void {
    this.#whole.add(units);
    this.#shared.counters.of(this.#ownName).add(units);
  }
}

function partName(name: string, loop: number): string {
  return JSON.stringify([name, loop]);
}
