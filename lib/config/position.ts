/** Line and column, both from 1, of a character offset in a text. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Columns count UTF-16 code units, as most editors do. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: offset - lineStart + 1 };
}
