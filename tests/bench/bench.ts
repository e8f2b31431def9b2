/** What every measure needs: who is there, for how long, and where results and remarks go. */
import type { Contestant, Name, Running, StartContestant } from "./contestants/contestant.ts";
import type { Effort } from "./effort.ts";
import { type Figure, type FigureKey, FIGURES } from "./figures.ts";

export interface Bench {
  readonly effort: Effort;
  /** Those that take part and are installed, by name. */
  readonly contestants: ReadonlyMap<Name, Contestant>;
  /** Started, all at once, for measures in interleaved rounds. */
  readonly running: readonly Running[];
  readonly results: Results;
  /** Options to start another with, in a directory of its own. */
  fresh(name: string, options?: FreshOptions): Promise<StartContestant>;
  /** Most files that a process may open here. */
  readonly descriptors: number;
  /** Progress and remarks, for the person who waits. */
  say(line: string): void;
}

export interface FreshOptions {
  /** Default: enough for some 1,000 callers. */
  readonly descriptors?: number;
  /** Whether the backend is spoken TLS to; default no. */
  readonly isSecure?: boolean;
}

/** Values by figure and contestant, a value a round. */
export class Results {
  readonly #values = new Map<FigureKey, Map<Name, number[]>>();
  readonly #remarks: string[] = [];

  add(key: FigureKey, name: Name, value: number): void {
    const row = this.#values.get(key) ?? new Map<Name, number[]>();
    this.#values.set(key, row);
    row.set(name, [...row.get(name) ?? [], value]);
  }

  /** The median of the rounds; undefined where it was not measured. */
  median(key: FigureKey, name: Name): number | undefined {
    const values = this.#values.get(key)?.get(name);
    return values === undefined ? undefined : quantile(values, 0.5);
  }

  /** The measured figures, in the order of the table. */
  figures(): readonly { readonly key: FigureKey; readonly figure: Figure }[] {
    const keys = (Object.keys(FIGURES) as FigureKey[]).filter((key) => this.#values.has(key));
    return keys.map((key) => ({ key, figure: FIGURES[key] }));
  }

  /** What a reader of the table must know: left out, scaled down. */
  remark(line: string): void {
    if (!this.#remarks.includes(line)) this.#remarks.push(line);
  }

  get remarks(): readonly string[] {
    return this.#remarks;
  }
}

/** The value below which that share of them lies. @throws Error without values */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)];
  const high = sorted[Math.ceil(at)];
  if (low === undefined || high === undefined) throw new Error("Nothing was measured");
  return low + (high - low) * (at - Math.floor(at));
}
