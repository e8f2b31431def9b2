/**
 * A recording of a terminal as an SVG that plays by itself, with CSS alone: in a window, again and
 * again, without end. Who wants no motion, or cannot show it, sees the last picture.
 */
import type { Cursor, Run, Shown, Style } from "./terminal.ts";

export interface Look {
  /** What the window's bar says. */
  readonly title: string;
  /** The recording in words, for those who cannot see it. */
  readonly description: string;
  readonly columns: number;
  /** How long the last picture stands before it begins again. */
  readonly restMs: number;
}

const CELL = { width: 8.4, height: 20 };
const MARGIN = 22;
const BAR_HEIGHT = 38;
/** From the top of a line to what its letters stand on. */
const BASELINE = 14.5;
/** How long the last picture takes to go. */
const FADE_MS = 400;

const COLOURS: Readonly<Record<NonNullable<Style["colour"]>, string>> = {
  black: "#6e7681",
  red: "#ff7b72",
  green: "#56d364",
  yellow: "#e3b341",
  blue: "#79c0ff",
  magenta: "#d2a8ff",
  cyan: "#56d4dd",
  white: "#f0f6fc",
};

/** The SVG's text, with a line end. */
export function svgOf({ runs, cursors }: Shown, look: Look): string {
  const lastMs = Math.max(0, ...cursors.map(({ atMs }) => atMs));
  const cycleMs = Math.ceil(lastMs) + look.restMs;
  const percent = (ms: number) => `${Number((100 * ms / cycleMs).toFixed(2))}%`;
  const rows = 1 + Math.max(0, ...cursors.map(({ row }) => row));
  const width = Math.ceil(look.columns * CELL.width) + 2 * MARGIN;
  const height = BAR_HEIGHT + rows * CELL.height + 2 * MARGIN - CELL.height / 2;
  const times = [...new Set(runs.map(({ atMs }) => atMs))].filter((ms) => ms > 0);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" \
width="${width}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">${escaped(look.title)}</title>
<desc id="description">${escaped(look.description)}</desc>
<style>
text{font:14px ui-monospace,Menlo,Consolas,monospace;fill:#d1d7e0;white-space:pre}
.bold{font-weight:600;fill:#fff}
.faint{fill:#9198a1}
${usedColours(runs)}.bar{fill:#9198a1;font-size:13px;text-anchor:middle}
@media (prefers-reduced-motion:no-preference){
.screen,.cursor,[class^=t]{animation:${cycleMs}ms step-end infinite}
.screen{animation-name:screen;animation-timing-function:linear}
.cursor{animation-name:cursor}
@keyframes screen{0%,${percent(cycleMs - FADE_MS)}{opacity:1}to{opacity:0}}
@keyframes cursor{${cursorSteps(cursors, percent)}}
${times.map((ms, at) => appearance(`t${at}`, percent(ms))).join("\n")}
}
</style>
${frame(look.title, { width, height })}
<g class="screen" transform="translate(${MARGIN} ${BAR_HEIGHT + MARGIN / 2})" xml:space="preserve">
${runs.map((run) => textOf(run, times.indexOf(run.atMs))).join("\n")}
${cursorOf(cursors)}
</g>
</svg>
`;
}

function usedColours(runs: readonly Run[]): string {
  const used = new Set(runs.flatMap(({ style: { colour } }) => colour ?? []));
  return [...used].map((name) => `.${name}{fill:${COLOURS[name]}}\n`).join("");
}

/** Unseen until its time has come. */
function appearance(name: string, at: string): string {
  return `.${name}{animation-name:${name}}@keyframes ${name}{0%{opacity:0}${at},to{opacity:1}}`;
}

/** The window: its frame, its bar and the bar's three buttons. */
function frame(title: string, { width, height }: { width: number; height: number }): string {
  const buttons = [22, 42, 62].map((x) => `<circle cx="${x}" cy="${BAR_HEIGHT / 2}" r="6"/>`);
  return `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="10" fill="#0d1117" \
stroke="#3d444d"/>
<path d="M.5 ${BAR_HEIGHT}V10.5a10 10 0 0 1 10-10H${
    width - 10.5
  }a10 10 0 0 1 10 10V${BAR_HEIGHT}z" \
fill="#212830" stroke="#3d444d"/>
<g fill="#4b535d">${buttons.join("")}</g>
<text class="bar" x="${width / 2}" y="${BAR_HEIGHT / 2 + 4.5}">${escaped(title)}</text>`;
}

/** As wide as its cells, whatever font there is; spaces around it are places, not text. */
function textOf({ row, column, text, style }: Run, time: number): string {
  const inner = text.trim();
  const x = rounded((column + text.indexOf(inner)) * CELL.width);
  const y = row * CELL.height + BASELINE;
  const classes = [
    ...(time < 0 ? [] : [`t${time}`]),
    ...(style.bold ? ["bold"] : []),
    ...(style.faint ? ["faint"] : []),
    ...(style.colour === undefined ? [] : [style.colour]),
  ];
  const marked = classes.length === 0 ? "" : ` class="${classes.join(" ")}"`;
  const length = rounded([...inner].length * CELL.width);
  return `<text${marked} x="${x}" y="${y}" textLength="${length}">${escaped(inner)}</text>`;
}

function cursorOf(cursors: readonly Cursor[]): string {
  const last = cursors.at(-1) ?? { row: 0, column: 0 };
  return `<rect class="cursor" width="${CELL.width}" height="17" fill="#9198a1" \
transform="${translation(last, "")}"/>`;
}

/** Where the cursor stands from each time on. */
function cursorSteps(cursors: readonly Cursor[], percent: (ms: number) => string): string {
  const places = new Map(cursors.map((each) => [percent(each.atMs), translation(each, "px")]));
  return [...places].map(([at, place]) => `${at}{transform:${place}}`).join("");
}

function translation({ row, column }: Omit<Cursor, "atMs">, unit: string): string {
  return `translate(${rounded(column * CELL.width)}${unit},${row * CELL.height + 1}${unit})`;
}

function rounded(value: number): number {
  return Number(value.toFixed(1));
}

/** As text of XML 1.0 (2.2, 2.4), less the characters that it cannot hold. */
function escaped(text: string): string {
  return text.replaceAll(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
