/**
 * What a terminal shows of a program's output: runs of text, each with its place, its style and the
 * time at which it appeared. It knows lines, wrapping and the SGR codes for bold, faint and the
 * eight colours (ECMA-48, 8.3.117); of every other control it shows nothing. A character is a column wide.
 */

const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;

export interface Style {
  readonly bold: boolean;
  readonly faint: boolean;
  /** Undefined for the terminal's own. */
  readonly colour: (typeof COLOURS)[number] | undefined;
}

/** Text of one style on one line that appeared at one time. */
export interface Run {
  readonly row: number;
  readonly column: number;
  readonly text: string;
  readonly style: Style;
  readonly atMs: number;
}

/** Where the next character goes after what was written at a time. */
export interface Cursor {
  readonly row: number;
  readonly column: number;
  readonly atMs: number;
}

export interface Shown {
  readonly runs: readonly Run[];
  readonly cursors: readonly Cursor[];
}

/** A piece of output, and when it was written. */
export interface Written {
  readonly text: string;
  readonly atMs: number;
}

export const PLAIN: Style = { bold: false, faint: false, colour: undefined };

/** A control sequence, a string (as for a title) or another escape; a control character; or text. */
const TOKEN =
  // deno-lint-ignore no-control-regex -- control characters are what it tells apart
  /\x1b\[(?<parameters>[0-?]*)[ -/]*(?<final>[@-~])|\x1b[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|(?<control>[\x00-\x1f\x7f-\x9f])|(?<text>[^\x00-\x1f\x7f-\x9f]+)/gu;

/** A code that takes those behind it: a colour of a palette, or by its parts. */
const PALETTE = /(?<=^|;)(?<code>[345]8);(?:5;\d*|2(?:;\d*){3})/g;

/** A sequence at the end whose rest is yet to come. */
// deno-lint-ignore no-control-regex -- as above
const UNFINISHED = /\x1b(?:\[[0-?]*[ -/]*|[\]P^_X][^\x07\x1b]*\x1b?|[ -/]*)$/u;

const TAB_COLUMNS = 8;

/** Reads the output as a terminal of so many columns does; sequences may be split anywhere. */
export function show(output: readonly Written[], columns: number): Shown {
  const runs: Run[] = [];
  const cursors: Cursor[] = [];
  let at = { row: 0, column: 0 };
  let style = PLAIN;
  let kept = "";
  const put = (text: string, atMs: number) => {
    let rest = [...text];
    while (rest.length > 0) {
      if (at.column >= columns) at = { row: at.row + 1, column: 0 };
      const fitting = rest.slice(0, columns - at.column);
      runs.push({ ...at, text: fitting.join(""), style, atMs });
      at = { ...at, column: at.column + fitting.length };
      rest = rest.slice(fitting.length);
    }
  };
  for (const { text, atMs } of output) {
    const whole = kept + text;
    kept = UNFINISHED.exec(whole)?.[0] ?? "";
    for (const { groups = {} } of whole.slice(0, whole.length - kept.length).matchAll(TOKEN)) {
      if (groups.final === "m") style = styled(style, groups.parameters ?? "");
      if (groups.text !== undefined) put(groups.text, atMs);
      at = moved(at, groups.control, columns);
    }
    cursors.push({ ...at, atMs });
  }
  return { runs: runs.filter(({ text }) => text.trim() !== ""), cursors };
}

type Place = Omit<Cursor, "atMs">;

function moved(at: Place, control: string | undefined, columns: number): Place {
  if (control === "\n") return { row: at.row + 1, column: 0 };
  if (control !== "\t") return at;
  const stop = (Math.floor(at.column / TAB_COLUMNS) + 1) * TAB_COLUMNS;
  return { ...at, column: Math.min(stop, columns - 1) };
}

/** The style after a sequence of SGR codes; no code is the code 0. */
function styled(style: Style, parameters: string): Style {
  return parameters.replaceAll(PALETTE, "$<code>").split(";").map(Number).reduce(withCode, style);
}

function withCode(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, faint: true };
  if (code === 22) return { ...style, bold: false, faint: false };
  if (code === 39) return { ...style, colour: undefined };
  const colour = COLOURS[code - 30];
  return colour === undefined ? style : { ...style, colour };
}
