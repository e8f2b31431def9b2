/** Results as tables of Markdown, which read well on a terminal too. */
import type { Results } from "./bench.ts";
import { type Name, NAMES, TITLES } from "./contestants/contestant.ts";

/** Those that ours are held against. */
const PEERS = ["nginx", "bare", "haproxy", "go", "portkey", "before", "before-logs"] as const;
const OURS = ["ours", "ours-request-logs", "ours-logs", "ours-compiled"] as const;

/** Every figure by contestant. */
export function figuresTable(results: Results): string {
  const names = NAMES.filter((name) => hasAny(results, name));
  const rows = results.figures().map(({ key, figure: { label, unit, digits } }) => {
    const cells = names.map((name) => numberOf(results.median(key, name), digits));
    return [`${label}${unit === "" ? "" : `, ${unit}`}`, ...cells];
  });
  return tableOf(["", ...names.map((name) => TITLES[name])], rows);
}

/** Ours as multiples of the others: a row for each figure and each of ours. */
export function ratiosTable(results: Results): string {
  const peers = PEERS.filter((peer) => hasAny(results, peer));
  const compared = results.figures().filter(({ figure }) => figure.better !== "neither");
  const rows = compared.flatMap(({ key, figure }) => {
    return OURS.map((ours) => {
      const own = results.median(key, ours);
      const ratios = peers.map((peer) => ratioOf(own, results.median(key, peer)));
      return [figure.label, TITLES[ours], ...ratios.map(timesText)];
    });
  });
  const measured = rows.filter(([, , ...cells]) => cells.some((cell) => cell !== ""));
  return tableOf(["", "", ...peers.map((peer) => `/ ${TITLES[peer]}`)], measured);
}

function timesText(ratio: number | undefined): string {
  return ratio === undefined ? "" : `${numberOf(ratio, 2)}x`;
}

/** Undefined where either was not measured, or is lost in the noise around nothing. */
export function ratioOf(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined || one <= 0 || other <= 0
    ? undefined
    : one / other;
}

function hasAny(results: Results, name: Name): boolean {
  return results.figures().some(({ key }) => results.median(key, name) !== undefined);
}

/** With a comma at thousands; empty where there is none. */
export function numberOf(value: number | undefined, digits: number): string {
  if (value === undefined) return "";
  return value.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** A table of Markdown with its columns in line, those after the first to the right, as numbers are. */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  after: "left" | "right" = "right",
): string {
  const isLeft = (at: number) => at === 0 || after === "left";
  const widths = head.map((cell, at) => {
    return Math.max(3, cell.length, ...rows.map((row) => row[at]?.length ?? 0));
  });
  const line = (cells: readonly string[]) => {
    const padded = widths.map((width, at) => {
      return isLeft(at) ? (cells[at] ?? "").padEnd(width) : (cells[at] ?? "").padStart(width);
    });
    return `| ${padded.join(" | ")} |`;
  };
  const rule = widths.map((width, at) =>
    isLeft(at) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
  );
  return [line(head), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}
