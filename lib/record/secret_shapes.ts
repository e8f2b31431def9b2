/** Credentials that nobody named, known by their shape or by the name they are given. */

import { CREDENTIAL_MEMBER, QUOTED_PARAMETER } from "./credential_names.ts";
import { maskCredential, maskSecret } from "./mask_secret.ts";

/** Text with every credential masked that its own shape, or the name before it, gives away. */
export function maskShapes(text: string): string {
  // Nothing that is looked for is shorter, but a member's value, which has quotes around its name.
  const hasQuotes = text.includes('"');
  if (text.length < SHORTEST_CHARACTERS && !hasQuotes) return text;
  let masked = hasQuotes ? maskMembers(text) : text;
  masked = masked.replace(BEARER, maskedEnd);
  if (masked.includes("=")) masked = masked.replace(QUOTED_PARAMETER, maskedEnd);
  return masked.replace(KEY, maskSecret);
}

/** `?key=` and eight characters. */
const SHORTEST_CHARACTERS = 13;

/** What matched, with the credential masked that it ends with. */
function maskedEnd(match: string, credential: string): string {
  return match.slice(0, -credential.length) + maskSecret(credential);
}

/** RFC 6750, section 2.1. */
const BEARER = /bearer\s{1,4}([\w.~+/=-]{16,})/gi;

/** How vendors' keys begin, with what follows. */
const KEYS = [
  ["sk-", "[\\w-]{16,}"], // OpenAI, Anthropic, OpenRouter, DeepSeek and many resellers
  ["csk-", "[\\w-]{16,}"], // Cerebras
  ["xai-", "[\\w-]{20,}"],
  ["gsk_", "[\\w-]{20,}"], // Groq
  ["AIza", "[\\w-]{20,}"], // Google
  ["ya29\\.", "[\\w-]{20,}"], // Google, OAuth
  ["nvapi-", "[\\w-]{20,}"],
  ["pplx-", "[\\w-]{20,}"],
  ["hf_", "[\\w-]{20,}"],
  ["ek_", "[\\w-]{20,}"], // OpenAI, ephemeral
  ["gh[opsur]_", "[\\w-]{20,}"],
  ["github_pat_", "[\\w-]{20,}"],
  ["A[KS]IA", "[A-Z\\d]{16}(?!\\w)"], // AWS
  ["eyJ", "[\\w-]{8,}\\.eyJ[\\w-]{8,}(?:\\.[\\w-]*)*"], // JSON Web Token, RFC 7519
] as const;

/** Not within a word (`task-force`), where an escape such as `\n` or `%20` before it is no word. */
const WORD_START = "(?:^|[^\\w-]|\\\\[bfnrt]|\\\\u[\\da-fA-F]{4}|%[\\da-fA-F]{2})";

/**
 * Each key behind a word's start. Matching is linear: a run of word characters is read once for each
 * key that may start in it, which WORD_START limits to its beginning. The prefix stands before the
 * look-behind because the engine then skips to it.
 */
const KEY = new RegExp(
  KEYS.map(([prefix, rest]) => `${prefix}(?<=${WORD_START}${prefix})${rest}`).join("|"),
  "g",
);

/** Masks the values of members such as `"api_key":"…"`; a value without an end is one that was cut. */
function maskMembers(text: string): string {
  const pieces: string[] = [];
  let kept = 0;
  for (const match of text.matchAll(CREDENTIAL_MEMBER)) {
    const start = match.index + match[0].length;
    if (start <= kept) continue; // within the value before
    const end = endOfString(text, { start, escapeLength: match[1]?.length ?? 0 });
    if (end > start) pieces.push(text.slice(kept, start), maskCredential(text.slice(start, end)));
    kept = end > start ? end : kept;
  }
  return pieces.length === 0 ? text : pieces.join("") + text.slice(kept);
}

/**
 * Where the string that begins at `start` ends: before its closing quote and that quote's escape.
 * In JSON nested k deep a quote is escaped by e = 2^k - 1 backslashes, and a backslash of the
 * innermost string takes e + 1; so the quote closes when an even number of those is left.
 */
function endOfString(
  text: string,
  { start, escapeLength }: { readonly start: number; readonly escapeLength: number },
): number {
  for (let quote = text.indexOf('"', start); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let run = quote;
    while (run > start && text[run - 1] === "\\") run--;
    const ownBackslashes = (quote - run - escapeLength) / (escapeLength + 1);
    if (ownBackslashes < 0) return run;
    if (ownBackslashes % 2 !== 1) return quote - escapeLength;
  }
  return text.length;
}
