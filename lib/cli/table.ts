/** Rows of text in columns. */

/** A cell, and how it is shown once it has its width. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** Lines with their columns aligned, two spaces apart; nothing in a cell can steer a terminal. */
export function tableOf(rows: readonly (readonly Cell[])[]): string[] {
  const shown = rows.map((row) => row.map(({ text, ...cell }) => ({ ...cell, text: safe(text) })));
  const widths = shown.reduce<number[]>((most, row) => {
    row.forEach(({ text }, at) => most[at] = Math.max(most[at] ?? 0, text.length));
    return most;
  }, []);
  return shown.map((row) => {
    const last = row.length - 1;
    return row.map(({ text, paint = same }, at) => {
      return paint(text) + (at === last ? "" : " ".repeat((widths[at] ?? 0) - text.length));
    }).join("  ").trimEnd();
  });
}

function same(text: string): string {
  return text;
}

/** Control characters and marks of direction, as escapes. */
export function safe(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}

/**
 * A value as JSON in which nothing can steer a terminal.
 *
 * @param replacer as that of `JSON.stringify()`
 */
export function jsonText(
  value: unknown,
  replacer?: (key: string, value: unknown) => unknown,
): string {
  return JSON.stringify(value, replacer, 2).replace(
    /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => character.split("").map(escaped).join(""),
  );
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
