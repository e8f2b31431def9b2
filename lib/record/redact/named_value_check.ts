/** Whether what stands behind a credential's name is one, and not a word, a type or a piece of code. */

export interface NamedValue {
  /** Whether name and value both stand in quotes, the value alone, or neither. */
  readonly quotes: "both" | "value" | "none";
  /** How certainly the name means a credential; strict: `key`, which may be any map's. */
  readonly certainty: "sure" | "likely" | "strict";
  /** Whether it is a parameter of a URL or a form. */
  readonly isParameter: boolean;
}

/** No credential whose name only suggests one is longer. */
const LONGEST_LIKELY = 8192;
/** As much of a value as is looked at. */
const JUDGED_CHARACTERS = 512;

export function isCredentialValue(
  value: string,
  { quotes, certainty, isParameter }: NamedValue,
): boolean {
  if (value === "****") return false;
  if (certainty === "sure" && quotes === "both") return true;
  if (certainty === "sure" && isParameter) return value.length >= 8;
  if (certainty === "strict" && isParameter) return value.length >= 8;
  if (certainty !== "sure" && value.length > LONGEST_LIKELY) return false;
  const start = value.slice(0, JUDGED_CHARACTERS);
  if (certainty === "strict") return looksLikeKey(start);
  if (certainty === "likely") return value.length >= 16 && looksRandom(start, quotes);
  if (quotes === "value") return /^[^\s${}<>]{3,}$/.test(start);
  return value.length >= 6 && looksRandom(start.replace(/^[A-Za-z]{1,8} /, ""), quotes);
}

/** Letters and digits mixed, as chance makes them. */
function looksRandom(text: string, quotes: NamedValue["quotes"]): boolean {
  if (!/^[\w.~+/=%:@!*-]+$/.test(text)) return false;
  // `config.key2` is a piece of code.
  if (quotes === "none" && /^[A-Za-z_]\w{0,40}(?:\.[A-Za-z_]\w{0,40}){1,6}$/.test(text)) {
    return false;
  }
  return (/\d/.test(text) && /[A-Za-z]/.test(text)) || /^\d{6,}$/.test(text) || isMixed(text);
}

/** A hash, a UUID, or as many letters of both cases and digits as no name has. */
function looksLikeKey(text: string): boolean {
  if (/^[\da-f]{32,}$/i.test(text) || UUID.test(text)) return true;
  return /^[A-Za-z\d+/=_-]{20,}$/.test(text) && /\d/.test(text) && isMixed(text);
}

const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

/** Whether upper and lower case change as often as in no name. */
function isMixed(text: string): boolean {
  return text.length >= 20 && (text.match(/[a-z\d][A-Z]/g) ?? []).length >= 3;
}
