/** Whether an error body matches one of the operator's `detection.error_patterns`. */
import type { ErrorPattern } from "../config/snapshot.ts";
import { errorFields } from "./error_body.ts";

/** How much of a body that is not JSON is matched, in characters. */
export const PATTERN_TEXT_LIMIT = 64 * 1024;

/**
 * Statuses whose message may quote the caller's own words back. There only the classifying fields
 * are matched: a prompt that says "rate_limit" must not bench a backend.
 */
const MAY_QUOTE_THE_PROMPT: ReadonlySet<number> = new Set([400, 413, 422]);

/** The first pattern that an error reply matches; undefined for none. */
export function matchingPattern(
  error: { readonly status: number; readonly text: string },
  patterns: readonly ErrorPattern[],
): ErrorPattern | undefined {
  if (patterns.length === 0) return undefined;
  const texts = matchable(error.status, error.text).filter((text) => text !== "");
  return patterns.find((pattern) => texts.some((text) => pattern.matches(text)));
}

function matchable(status: number, text: string): readonly string[] {
  const fields = errorFields(text);
  const quotes = MAY_QUOTE_THE_PROMPT.has(status);
  if (fields === undefined) return quotes ? [] : [text.slice(0, PATTERN_TEXT_LIMIT)];
  const { type, code, status: name, message } = fields;
  return quotes ? [type, code, name] : [type, code, name, message];
}
