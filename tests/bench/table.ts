/** Results as tables of Markdown, which read well on a terminal too. */
import type { Results } from "./bench.ts";
import { type Name, NAMES, TITLES } from "./contestants/contestant.ts";

/** Those that ours are held against. */
const PEERS = ["nginx", "haproxy", "go", "portkey"] as const;
const OURS = ["ours", "ours-logs", "ours-compiled"] as const;

/** Every figure by contestant. */
export function figuresTable(results: Results): string {
  const names = NAMES.filter((name) => hasAny(results, name));
  const rows = results.figures().map(({ key, figure: { label, unit, digits } }) => {
    const cells = names.map((name) => numberOf(results.median(key, name), digits));
    return [`${label}${unit === "" ? "" : `, ${unit}`}`, ...cells];
  });
  return tableOf(["", ...names.map((name) => TITLES[name])], rows);
}

/** Ours as multiples of the others. */
export function ratiosTable(results: Results): string {
  const pairs = OURS.filter((name) => hasAny(results, name)).flatMap((ours) => {
    return PEERS.filter((peer) => hasAny(results, peer)).map((peer) => ({ ours, peer }));
  });
  const rows = results.figures().filter(({ figure }) => figure.better !== "neither").map(
    ({ key, figure }) => {
      return [figure.label, ...pairs.map(({ ours, peer }) => ratioText(results, key, ours, peer))];
    },
  );
  const measured = rows.filter(([, ...cells]) => cells.some((cell) => cell !== ""));
  const head = pairs.map(({ ours, peer }) => `${TITLES[ours]} / ${TITLES[peer]}`);
  return tableOf(["", ...head], measured);
}

function ratioText(
  results: Results,
  key: Parameters<Results["median"]>[0],
  ours: Name,
  peer: Name,
): string {
  const value = ratioOf(results.median(key, ours), results.median(key, peer));
  return value === undefined ? "" : `${value.toFixed(2)}x`;
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
