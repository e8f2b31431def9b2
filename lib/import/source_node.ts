/** A configuration of another program as it is written: its values, and the line of each. */

export type SourceNode = SourceMapping | SourceList | SourceScalar;

interface Written {
  /** Counts from 1. */
  readonly line: number;
}

export interface SourceMapping extends Written {
  readonly kind: "mapping";
  /** A Map, so that `__proto__` is a name like any other. */
  readonly members: ReadonlyMap<string, SourceNode>;
}

export interface SourceList extends Written {
  readonly kind: "list";
  readonly items: readonly SourceNode[];
}

export interface SourceScalar extends Written {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
}

/** What keeps a text from being read. It quotes no piece of it: any may be a credential. */
export interface SourceFault {
  readonly line: number;
  readonly message: string;
}

export type ParsedSource =
  | { readonly ok: true; readonly node: SourceNode }
  | { readonly ok: false; readonly faults: readonly SourceFault[] };

/** Thrown to leave a walk over a document that grows without bound. */
export class Unbounded extends Error {
  constructor(readonly line: number, message: string) {
    super(message);
  }
}

const MAX_DEPTH = 40;
const MAX_VALUES = 500_000;

/** Counts what a walk has seen. */
export class Bounds {
  #values = 0;

  /** Throws Unbounded where it is too much, or too deep. */
  enter(depth: number, line: number): void {
    if (depth > MAX_DEPTH) throw new Unbounded(line, `nested more than ${MAX_DEPTH} levels deep`);
    if (++this.#values > MAX_VALUES) {
      throw new Unbounded(line, `more than ${MAX_VALUES} values`);
    }
  }
}

/** The line of an offset in a text, without a walk over the text each time. */
export function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
