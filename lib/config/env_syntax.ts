/** The lines of a `.env` file: `NAME=value`, as shells and dotenv have it, and nothing that is run. */

export interface EnvLine {
  readonly name: string;
  /** As it counts: without quotes, escapes and what is said about it. */
  readonly value: string;
  /** Counts from 1. */
  readonly line: number;
}

/** A line that means nothing. */
export interface EnvFault {
  readonly line: number;
  /** The rest of a sentence about the line; no piece of the line is in it. */
  readonly reason: string;
}

export interface EnvLines {
  /** In the order of the text; of a name that is there twice the last counts. */
  readonly lines: readonly EnvLine[];
  readonly faults: readonly EnvFault[];
}

/** More is not taken: each value is a credential to be looked for in all that is logged. */
const MOST_LINES = 1_000;
const MOST_CHARACTERS = 128 * 1024;

/** After so many faults it is no such file at all. */
const MOST_FAULTS = 20;

/**
 * Reads `NAME=value` and `export NAME=value`, values bare or in quotes, comments, blank lines; CRLF and a
 * byte order mark are no matter. Between `'…'` all stands for itself, between `"…"` all but `\"`, `\\`,
 * `\$` and `` \` ``; a bare value ends at ` #`. A `$` is a `$`: nothing is put in its place.
 */
export function parseEnvLines(text: string): EnvLines {
  const lines: EnvLine[] = [];
  const faults: EnvFault[] = [];
  if (text.length > MOST_CHARACTERS) {
    return {
      lines,
      faults: [{ line: 1, reason: "begins a file of more than 128 KiB; shorten it" }],
    };
  }
  for (const [index, row] of text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/).entries()) {
    const line = index + 1;
    if (/^\s*(?:#|$)/.test(row)) continue;
    const isTooMuch = faults.length === MOST_FAULTS;
    if (isTooMuch || lines.length === MOST_LINES) {
      const reason = isTooMuch
        ? "and what follows is not read, after so many that mean nothing"
        : `is beyond the ${MOST_LINES} variables that are read`;
      faults.push({ line, reason });
      break;
    }
    const read = readLine(row);
    if ("reason" in read) faults.push({ line, reason: read.reason });
    else lines.push({ ...read, line });
  }
  return { lines, faults };
}

type Read = Omit<EnvLine, "line"> | Pick<EnvFault, "reason">;

const ASSIGNMENT = /^\s*(?:export\s+)?(?<name>[^=]*?)\s*=\s*(?<rest>.*?)\s*$/;

function readLine(row: string): Read {
  const { name, rest = "" } = ASSIGNMENT.exec(row)?.groups ?? {};
  if (name === undefined) {
    return { reason: "is no NAME=value; write that, or # before what is a comment" };
  }
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    return { reason: "has no name before its =: letters, digits and _, the first no digit" };
  }
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  if (/[\0-\x08\x0b-\x1f\x7f]/.test(rest)) {
    return { reason: "holds a control character; remove it" };
  }
  if (rest.startsWith("'")) return quoted(name, /^'(?<inside>[^']*)'(?<after>.*)$/.exec(rest));
  if (rest.startsWith('"')) {
    return quoted(name, /^"(?<inside>(?:[^"\\]|\\.)*)"(?<after>.*)$/.exec(rest));
  }
  return { name, value: rest.replace(/(?:^|\s+)#.*$/, "") };
}

function quoted(name: string, match: RegExpExecArray | null): Read {
  const { inside, after = "" } = match?.groups ?? {};
  if (inside === undefined) {
    return { reason: "has a quote that is not closed before the line ends; close it" };
  }
  if (!/^\s*(?:#|$)/.test(after)) {
    return { reason: "goes on after the closing quote; remove that, or put all in the quotes" };
  }
  return {
    name,
    value: match?.[0].startsWith("'") ? inside : inside.replace(/\\(["\\$`])/g, "$1"),
  };
}
