/** Which error patterns are no regular expressions, or would match everything. */
import { parseErrorPattern, type Regexps } from "./error_patterns.ts";
import { list, mapping } from "./loose.ts";
import type { Fault, Place } from "./place.ts";
import { valueFault } from "./shape_faults.ts";

/** What `detection.error_patterns` holds, whatever that is. */
export function errorPatternsOf(value: unknown): readonly unknown[] {
  return list(mapping(mapping(value).detection).error_patterns);
}

export function checkPatterns(
  value: unknown,
  { place: root, regexps }: { readonly place: Place; readonly regexps: Regexps | undefined },
): readonly Fault[] {
  return errorPatternsOf(value).flatMap((pattern, index) => {
    const parsed = typeof pattern === "string" ? parseErrorPattern(pattern, regexps) : undefined;
    if (parsed === undefined || parsed.ok) return [];
    const path = ["detection", "error_patterns", index];
    return [valueFault(path, { root, message: parsed.reason })];
  });
}
