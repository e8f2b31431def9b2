import { RE2JS } from "re2js";
import type { Parsed } from "./parsed.ts";
import type { ErrorPattern } from "./snapshot.ts";

/** JavaScript's flags, and what RE2 calls them; it always reads whole characters, as `u` does. */
const FLAGS: ReadonlyMap<string, number> = new Map([
  ["i", RE2JS.CASE_INSENSITIVE],
  ["m", RE2JS.MULTILINE],
  ["s", RE2JS.DOTALL],
  ["u", 0],
]);

/** Texts that share nothing: a pattern that finds itself in all of them says nothing about any. */
const UNRELATED = ["ok", "0", "中", "{}", " "];

/**
 * One `detection.error_patterns` entry: `/regular expression/flags` (flags i, m, s, u), else a
 * substring in any case. Refused are patterns that would make every answer a failure.
 */
export function parseErrorPattern(source: string): Parsed<ErrorPattern> {
  if (source.trim() === "") {
    return { ok: false, reason: "must not be empty: it would match everything" };
  }
  if (source.length > 1000) return { ok: false, reason: "must have at most 1000 characters" };
  const regexp = /^\/(?<body>.*)\/(?<flags>[A-Za-z]*)$/s.exec(source)?.groups;
  if (regexp === undefined) return { ok: true, value: substring(source) };
  const compiled = compile(regexp.body ?? "", regexp.flags ?? "");
  if (!compiled.ok) return compiled;
  const reason = tooGreedy(compiled.value);
  return reason === undefined
    ? { ok: true, value: { source, matches: compiled.value } }
    : { ok: false, reason };
}

/**
 * The matcher of a regular expression, by RE2: its time is linear in the text, which comes from a
 * backend. The engine's own matcher backtracks, and `/^(a+)+$/` takes it 20 s for 29 characters. The
 * price is that lookaround and backreferences are refused.
 */
function compile(body: string, flags: string): Parsed<(text: string) => boolean> {
  const known = [...flags].map((flag) => FLAGS.get(flag));
  if (known.includes(undefined)) {
    return { ok: false, reason: "must have no other flags than i, m, s and u" };
  }
  try {
    const bits = known.reduce<number>((all, bit) => all | (bit ?? 0), 0);
    const pattern = RE2JS.compile(RE2JS.translateRegExp(body), bits);
    return { ok: true, value: (text) => pattern.matcher(text).find() };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const why = message.replace("error parsing regexp: ", "");
    return { ok: false, reason: `must be a valid regular expression in RE2's syntax (${why})` };
  }
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
