import type { Parsed } from "./parsed.ts";
import type { ErrorPattern } from "./snapshot.ts";

/** Texts that share nothing: a pattern that finds itself in all of them says nothing about any. */
const UNRELATED = ["ok", "0", "中", "{}", " "];

/** What regular expressions are compiled with. */
export type Regexps = typeof import("./linear_regexp.ts");

/** Loaded for patterns that have a regular expression: it takes 3 MB, and most have none. */
export async function regexpsFor(patterns: readonly unknown[]): Promise<Regexps | undefined> {
  const isWanted = patterns.some((text) => typeof text === "string" && REGEXP.test(text));
  return isWanted ? await import("./linear_regexp.ts") : undefined;
}

const REGEXP = /^\/(?<body>.*)\/(?<flags>[A-Za-z]*)$/s;

/** The text of a pattern whose regular expression, where it is one, is still to be compiled. */
export function parsePatternText(source: string): Parsed<string> {
  if (source.trim() === "") {
    return { ok: false, reason: "must not be empty: it would match everything" };
  }
  if (source.length > 1000) return { ok: false, reason: "must have at most 1000 characters" };
  return { ok: true, value: source };
}

/**
 * One `detection.error_patterns` entry: `/regular expression/flags` (flags i, m, s, u), else a
 * substring in any case. Refused are patterns that would make every answer a failure.
 *
 * @throws {TypeError} for a regular expression without what {@link regexpsFor} gives for it
 */
export function parseErrorPattern(
  source: string,
  regexps: Regexps | undefined,
): Parsed<ErrorPattern> {
  const text = parsePatternText(source);
  if (!text.ok) return text;
  const regexp = REGEXP.exec(source)?.groups;
  if (regexp === undefined) return { ok: true, value: substring(source) };
  if (regexps === undefined) throw new TypeError("regular expressions are not loaded");
  const compiled = regexps.compileLinear(regexp.body ?? "", regexp.flags ?? "");
  if (!compiled.ok) return compiled;
  const reason = tooGreedy(compiled.value);
  return reason === undefined
    ? { ok: true, value: { source, matches: compiled.value } }
    : { ok: false, reason };
}

function substring(source: string): ErrorPattern {
  const wanted = source.toLowerCase();
  return { source, matches: (text) => text.toLowerCase().includes(wanted) };
}

function tooGreedy(matches: (text: string) => boolean): string | undefined {
  if (matches("")) return "must not match an empty text: it would match everything";
  if (UNRELATED.every(matches)) return "must not match every text: each answer would be a failure";
  return undefined;
}
