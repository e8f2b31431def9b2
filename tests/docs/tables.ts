/** The tables of a page. */
import type { Page } from "./page.ts";

/** The rows of the table under a heading, without its first; each cell as it stands. */
export function rowsUnder({ prose }: Page, heading: string): readonly (readonly string[])[] {
  const section = prose.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  const [, , ...rows] = section.match(/^\|.*\|$/gm) ?? [];
  return rows.map((row) => row.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim()));
}

/** What stands between backticks in a cell. */
export function spansOf(cell = ""): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span);
}
