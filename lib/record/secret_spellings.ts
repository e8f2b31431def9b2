import { maskSecret } from "./mask_secret.ts";

/** Under this a secret is a common word or number, and masking it would garble the log. */
const SHORTEST_CHARACTERS = 6;
/** How much of a secret, cut off by the end of a text, gives it away. */
const CUT_FROM_CHARACTERS = 10;

/** Over this a pattern of every spelling outgrows what the engine compiles. */
const LONGEST_ESCAPED_CHARACTERS = 4096;

/** One known secret, with what to look for and what to show instead. */
export interface KnownSecret {
  readonly value: string;
  readonly mask: string;
  readonly spellings: readonly { readonly text: string; readonly mask: string }[];
}

/**
 * The secrets worth looking for, longest first, so that one that contains another goes first. What
 * holds a mask already is no secret.
 */
export function knownSecrets(values: Iterable<string>): KnownSecret[] {
  const secrets = [...new Set(values)]
    .filter((value) => value.length >= SHORTEST_CHARACTERS && !value.includes("****"))
    .map((value) => {
      const mask = maskSecret(value);
      const masks = new Map([
        ...base64(value).map((text) => [text, "****"] as const),
        ...plain(value).map((text) => [text, mask] as const),
      ]);
      return { value, mask, spellings: [...masks].map(([text, mask]) => ({ text, mask })) };
    });
  return longestFirst(secrets);
}

export function longestFirst(secrets: readonly KnownSecret[]): KnownSecret[] {
  return secrets.toSorted((a, b) => b.value.length - a.value.length);
}

/** As it is, in a URL, in a JSON string, and in JSON within a JSON string. */
function plain(value: string): string[] {
  const inJson = JSON.stringify(value).slice(1, -1);
  const inNestedJson = JSON.stringify(inJson).slice(1, -1);
  return [inNestedJson, inJson, value, percentEncoded(value)];
}

function percentEncoded(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

/**
 * What Base64 makes of the secret behind 0, 1 or 2 other bytes, less the characters that its
 * neighbours share in; in the usual and in the URL alphabet (RFC 4648, sections 4 and 5).
 */
function base64(value: string): string[] {
  const bytes = [...new TextEncoder().encode(value)];
  return [0, 1, 2].flatMap((offset) => {
    const text = btoa(String.fromCharCode(...Array(offset).fill(0), ...bytes));
    const from = Math.ceil((offset * 8) / 6);
    const core = text.slice(from, Math.floor(((offset + bytes.length) * 8) / 6));
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** An escape that hides an ASCII character, in JSON (nested or not) or in a URL (encoded again or not). */
const ESCAPE = /\\{1,8}(?:u00([2-7][\da-f])|\/)|%(?:25)*([2-7][\da-f])/gi;

/** The text with such escapes resolved: good for looking something up in it, not for keeping. */
export function unescaped(text: string): string {
  return text.replace(
    ESCAPE,
    (_, json, url) => json || url ? String.fromCharCode(parseInt(json ?? url, 16)) : "/",
  );
}

/**
 * Whether an escaped spelling of the secret may be in a text, given that text `unescaped()`. Secrets
 * with a backslash, with which `anySpelling()` would be ambiguous, are left to their plain spellings.
 */
export function mayHold(unescapedText: string, value: string): boolean {
  if (value.includes("\\") || value.length > LONGEST_ESCAPED_CHARACTERS) return false;
  return unescapedText.includes(value) || value.includes('"'); // a quote stays escaped: look closer
}

/**
 * Matches the secret with any of its characters escaped, each in its own way. Caller and backend may
 * choose both secret and text, so no text may match in two ways, and every repetition is bounded.
 */
export function anySpelling(value: string): RegExp {
  return new RegExp([...value].map(characterPattern).join(""), "gu");
}

function characterPattern(character: string): string {
  const literal = character.replace(/[$()*+.?[\]^{|}/]/g, (special) => `\\${special}`);
  if (!/^[ -~]$/.test(character)) return literal;
  const code = character.charCodeAt(0).toString(16).replace(
    /[a-f]/,
    (digit) => `[${digit}${digit.toUpperCase()}]`,
  );
  const slash = /["/]/.test(character) ? String.raw`\\{0,8}` : "";
  return String.raw`(?:${slash}${literal}|\\{1,8}u00${code}|%(?:25){0,3}${code})`;
}

/** Where the text's end cuts this spelling of a secret short; undefined when it does not. */
export function cutStart(text: string, spelling: string): number | undefined {
  const ending = text.slice(-CUT_FROM_CHARACTERS);
  if (ending.length < CUT_FROM_CHARACTERS) return undefined;
  for (let at = spelling.indexOf(ending); at !== -1; at = spelling.indexOf(ending, at + 1)) {
    const kept = at + ending.length;
    if (text.endsWith(spelling.slice(0, kept))) return text.length - kept;
  }
  return undefined;
}
