/** Regular expressions that take time linear in the text. The only importer of re2js. */
import { RE2JS } from "re2js";
import type { Parsed } from "./parsed.ts";

/** JavaScript's flags, and what RE2 calls them; it always reads whole characters, as `u` does. */
const FLAGS: ReadonlyMap<string, number> = new Map([
  ["i", RE2JS.CASE_INSENSITIVE],
  ["m", RE2JS.MULTILINE],
  ["s", RE2JS.DOTALL],
  ["u", 0],
]);

/**
 * The matcher of a regular expression, by RE2: its time is linear in the text, which comes from a
 * backend. The engine's own matcher backtracks, and `/^(a+)+$/` takes it 20 s for 29 characters. The
 * price is that lookaround and backreferences are refused.
 */
export function compileLinear(body: string, flags: string): Parsed<(text: string) => boolean> {
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
