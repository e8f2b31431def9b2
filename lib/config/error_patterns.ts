import { compileLinear } from "./linear_regexp.ts";
import type { Parsed } from "./parsed.ts";
import type { ErrorPattern } from "./snapshot.ts";

/** Texts that share nothing: a pattern that finds itself in all of them says nothing about any. */
const UNRELATED = ["ok", "0", "中", "{}", " "];

/**
 * One `detection.error_patterns` entry: `/regular expression/flags` (flags i, m, s, u), else a
 * substring in any case. Refused are patterns that would make every answer a failure, and regular
 * expressions that cannot be matched in time linear in the text (see `compileLinear`).
 */
export function parseErrorPattern(source: string): Parsed<ErrorPattern> {
  if (source.trim() === "") {
    return { ok: false, reason: "must not be empty: it would match everything" };
  }
  if (source.length > 1000) return { ok: false, reason: "must have at most 1000 characters" };
  const regexp = /^\/(?<body>.*)\/(?<flags>[A-Za-z]*)$/s.exec(source)?.groups;
  if (regexp === undefined) return { ok: true, value: substring(source) };
  const compiled = compileLinear(regexp.body ?? "", regexp.flags ?? "");
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
