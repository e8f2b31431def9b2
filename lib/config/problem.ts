/** Where a value stands in the document: `["backends", 0, "url"]`. */
export type Path = readonly PropertyKey[];

/** One thing wrong with the configuration. Lines and columns count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Such as `backends[0].url`; empty for the document as a whole. */
  readonly path: string;
  readonly message: string;
}

/** The problem as one line: `config.yaml:12:5: backends[0].url: …`. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, path, message } = problem;
  return `${file}:${line}:${column}: ${path === "" ? "" : `${path}: `}${message}`;
}

/** The path as a person reads it; names that are not plain words stand in brackets and quotes. */
export function formatPath(path: Path): string {
  return path.map(formatStep).join("").replace(/^\./, "");
}

function formatStep(step: PropertyKey): string {
  if (typeof step === "number") return `[${step}]`;
  const name = shorten(String(step));
  return /^[A-Za-z_][\w-]*$/.test(name) ? `.${name}` : `[${visible(JSON.stringify(name))}]`;
}

/** With what nobody can see written as an escape. */
function visible(text: string): string {
  return text.replace(/(?! )[\p{Zs}\p{Cf}\u2028\u2029]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** At most 60 characters of a text, so that one message stays one line. */
export function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A name in a message: in quotes where it is not one word. */
export function nameInLine(name: string): string {
  const short = shorten(name);
  return /^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(short) ? short : JSON.stringify(short);
}
