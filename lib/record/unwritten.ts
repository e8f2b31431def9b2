/** What a file that is kept has not taken, for a person to know of at the end of the program. */
export interface Unwritten {
  /** As in `3 rows of the history`. */
  readonly what: string;
  /** Why the file takes nothing; empty where it does so again. */
  readonly why: string;
}

/** A line for each; none where everything is written. */
export function unwrittenLines(all: readonly (Unwritten | undefined)[]): readonly string[] {
  return all.flatMap((one) => {
    if (one === undefined) return [];
    return [`Not written: ${one.what}${one.why === "" ? "" : `: ${one.why}`}.`];
  });
}

/** `1 row of the history`, `3 rows of the history`. */
export function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
