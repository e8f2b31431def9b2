import type { Parsed } from "./parsed.ts";

/** A regular expression as a tree. Its leaves are left to the engine: one character each. */
export type RegexpNode =
  | { readonly kind: "character"; readonly accepts: (character: string) => boolean }
  | { readonly kind: "assertion"; readonly holds: (text: string, at: number) => boolean }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly RegexpNode[] }
  | {
    readonly kind: "repeat";
    readonly part: RegexpNode;
    readonly min: number;
    /** `Infinity` when unbounded. */
    readonly max: number;
  };

/** Thrown inside the parser only; `parseRegexp` gives it as a value. */
class Unsupported extends Error {}

interface Cursor {
  readonly source: string;
  readonly flags: string;
  at: number;
}

/**
 * Reads an ECMAScript pattern that the engine has accepted before (so that syntax errors are not
 * looked for here). Refused is what cannot be matched without backtracking: lookaround,
 * backreferences; and what is rare enough not to be worth reading: flag groups, legacy octals.
 */
export function parseRegexp(source: string, flags: string): Parsed<RegexpNode> {
  try {
    return { ok: true, value: readChoice({ source, flags, at: 0 }) };
  } catch (cause) {
    if (!(cause instanceof Unsupported)) throw cause;
    return { ok: false, reason: `must not use ${cause.message}` };
  }
}

function readChoice(cursor: Cursor): RegexpNode {
  const parts = [readSequence(cursor)];
  while (take(cursor, /\|/y)) parts.push(readSequence(cursor));
  return parts.length === 1 && parts[0] ? parts[0] : { kind: "choice", parts };
}

function readSequence(cursor: Cursor): RegexpNode {
  const parts: RegexpNode[] = [];
  while (cursor.at < cursor.source.length && !"|)".includes(cursor.source[cursor.at] ?? "")) {
    parts.push(readQuantified(cursor));
  }
  return { kind: "sequence", parts };
}

function readQuantified(cursor: Cursor): RegexpNode {
  const part = readAtom(cursor);
  const match = take(cursor, /(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/y);
  if (!match) return part;
  const [, sign, low, comma, high] = match;
  if (sign) {
    return { kind: "repeat", part, min: sign === "+" ? 1 : 0, max: sign === "?" ? 1 : Infinity };
  }
  const min = Number(low);
  return { kind: "repeat", part, min, max: high ? Number(high) : comma ? Infinity : min };
}

function readAtom(cursor: Cursor): RegexpNode {
  refuseUnsupported(cursor);
  if (take(cursor, /\((?:\?:|\?<[^>]+>)?/y)) {
    const inside = readChoice(cursor);
    take(cursor, /\)/y);
    return inside;
  }
  return readAssertion(cursor) ?? readCharacter(cursor);
}

function refuseUnsupported(cursor: Cursor): void {
  if (look(cursor, /\(\?<?[=!]/y)) throw new Unsupported("(?=, (?!, (?<= or (?<!");
  if (look(cursor, /\(\?[^:<]/y)) throw new Unsupported("flags inside the pattern");
  if (look(cursor, /\\(?:[1-9]|k)/y)) throw new Unsupported("references to groups, such as \\1");
  if (look(cursor, /\\(?:0\d|c(?![A-Za-z]))/y)) throw new Unsupported("octal or broken escapes");
}

function readAssertion(cursor: Cursor): RegexpNode | undefined {
  const sign = take(cursor, /\^|\$|\\b/yi)?.[0];
  if (sign === undefined) return undefined;
  const lines = cursor.flags.includes("m");
  const atBreak = (text: string, at: number) => lines && /[\n\r\u2028\u2029]/.test(text[at] ?? "");
  if (sign === "^") {
    return { kind: "assertion", holds: (text, at) => at === 0 || atBreak(text, at - 1) };
  }
  if (sign === "$") {
    return { kind: "assertion", holds: (text, at) => at === text.length || atBreak(text, at) };
  }
  const isWord = characterTest("\\w", cursor.flags);
  const atEdge = (text: string, at: number) =>
    isWord(text[at - 1] ?? "") !== isWord(text[at] ?? "");
  return { kind: "assertion", holds: (text, at) => atEdge(text, at) === (sign === "\\b") };
}

const CHARACTER = /\[(?:\\.|[^\]\\])*\]|\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|c[a-z]|.)|[^]/yis;
const UNICODE_CHARACTER =
  /\[(?:\\.|[^\]\\])*\]|\\(?:x[0-9a-f]{2}|ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|u[0-9a-f]{4}|u\{[0-9a-f]+\}|p\{[^}]*\}|c[a-z]|.)|[^]/yius;

function readCharacter(cursor: Cursor): RegexpNode {
  const unicode = cursor.flags.includes("u");
  const [written] = take(cursor, unicode ? UNICODE_CHARACTER : CHARACTER) ?? [""];
  return { kind: "character", accepts: characterTest(written, cursor.flags) };
}

/** Asks the engine about one character, so that classes, escapes and case are exactly its own. */
function characterTest(written: string, flags: string): (character: string) => boolean {
  const regexp = new RegExp(`^(?:${written})$`, flags.replace("m", ""));
  const known = new Map<string, boolean>();
  return (character) => {
    const answer = known.get(character) ?? regexp.test(character);
    if (character < "\x80") known.set(character, answer);
    return answer;
  };
}

function look({ source, at }: Cursor, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | null {
  const match = look(cursor, pattern);
  if (match) cursor.at += match[0].length;
  return match;
}
