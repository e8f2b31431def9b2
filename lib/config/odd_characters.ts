/** Characters that look like others, or like nothing: a pasted no-break space, a quotation mark of print. */
import type { Fault } from "./place.ts";

/** What a character is taken for, by itself. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map([
  ["\uFF1A", ": (a colon)"],
  ["\uFF0C", ", (a comma)"],
  ["\u3001", ", (a comma)"],
  ["\uFF5B", "{"],
  ["\uFF5D", "}"],
  ["\uFF3B", "["],
  ["\uFF3D", "]"],
  ["\uFF03", "# (for a comment)"],
  ["\u2013", "- (a hyphen)"],
  ["\u2014", "- (a hyphen)"],
  ["\u2212", "- (a hyphen)"],
  ...["\u201C", "\u201D", "\u201E", "\u00AB", "\u00BB", "\uFF02"].map((c) => [c, '"'] as const),
  ...["\u2018", "\u2019", "\u201A", "\uFF07"].map((c) => [c, "'"] as const),
]);

/** Spaces that YAML takes for text, and what takes no room at all. */
const INVISIBLE =
  /[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000\u00AD\u200B-\u200F\u2028-\u202E\u2060-\u2064\uFEFF]/;
const SPACE = /[\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/;

/** The first invisible character of a text, in words; undefined where there is none. */
export function invisibleIn(text: string): string | undefined {
  const [found] = INVISIBLE.exec(text) ?? [];
  return found === undefined ? undefined : `the invisible character ${named(found)}`;
}

/** A quotation mark of print at the beginning, which quotes nothing in YAML; undefined for none. */
export function printedQuote(text: string): string | undefined {
  const first = text.slice(0, 1);
  const meant = LOOKALIKES.get(first);
  return meant === '"' || meant === "'" ? `begins with ${first} (${code(first)})` : undefined;
}

/**
 * Where text that is no YAML holds such a character beside its quotes and comments, on the line of what
 * was wrong or on the one before: that is most likely what is wrong.
 */
export function oddCharacterNear(text: string, offset: number): Fault | undefined {
  const end = indexOr(text, "\n", offset, text.length);
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const start = text.lastIndexOf("\n", Math.max(0, lineStart - 2)) + 1;
  const bare = withoutQuotes(text.slice(lineStart === 0 ? 0 : start, end));
  for (let at = 0; at < bare.length; at++) {
    const character = bare.charAt(at);
    const words = wordsFor(character);
    if (words !== undefined) {
      return { offset: (lineStart === 0 ? 0 : start) + at, path: [], message: words };
    }
  }
  return undefined;
}

function wordsFor(character: string): string | undefined {
  if (INVISIBLE.test(character)) {
    const instead = SPACE.test(character) ? "write a plain space" : "remove it";
    return `not valid YAML: the invisible character ${named(character)}; ${instead}`;
  }
  const meant = LOOKALIKES.get(character);
  if (meant === undefined) return undefined;
  return `not valid YAML: ${character} (${code(character)}) means nothing here; write ${meant}`;
}

/** Of the same length, with blanks for what stands in quotes or behind #. */
function withoutQuotes(text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|(?<=^|\s)#.*$/gm, (hidden) => {
    return " ".repeat(hidden.length);
  });
}

function named(character: string): string {
  const name = NAMES.get(character);
  return name === undefined ? code(character) : `${code(character)} (${name})`;
}

const NAMES: ReadonlyMap<string, string> = new Map([
  ["\u00A0", "a no-break space"],
  ["\u3000", "a full-width space"],
  ["\u200B", "a zero-width space"],
  ["\uFEFF", "a byte order mark"],
]);

function code(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

function indexOr(text: string, wanted: string, from: number, otherwise: number): number {
  const at = text.indexOf(wanted, from);
  return at < 0 ? otherwise : at;
}
