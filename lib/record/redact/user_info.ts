/** What a URL tells before its host: `scheme://name:password@host` (RFC 3986, section 3.2.1). */
import { isBackslash } from "./json_strings.ts";
import { tableOf } from "./needle_search.ts";

const COLON = 0x3a;
const SLASH = 0x2f;
const AT = 0x40;

/** No name or password is longer. */
const LONGEST_BYTES = 2048;
/** A name without a password is a token from here on. */
const SHORTEST_TOKEN = 16;
const MOST_BACKSLASHES = 15;
const END = tableOf(" \t\r\n\"'`<>/?#\\{}|");

/**
 * The password behind the colon of a scheme, or a long name where there is no password; the slashes may be
 * escaped. Undefined where none follows.
 */
export function userInfoBehind(
  bytes: Uint8Array,
  colon: number,
): { readonly start: number; readonly end: number } | undefined {
  const start = authorityBehind(bytes, colon);
  if (start === undefined) return undefined;
  let [end, at, split] = [start, -1, -1];
  const most = Math.min(bytes.length, start + LONGEST_BYTES);
  for (; end < most && END[bytes[end]!] === 0; end++) {
    if (bytes[end] === AT) at = end;
    if (bytes[end] === COLON && split === -1) split = end;
  }
  if (at === -1) return undefined;
  const hasPassword = split !== -1 && split < at;
  const from = hasPassword ? split + 1 : start;
  const isCredential = hasPassword ? from < at : at - from >= SHORTEST_TOKEN;
  return isCredential ? { start: from, end: at } : undefined;
}

/** Behind `//`, where it follows. */
function authorityBehind(bytes: Uint8Array, colon: number): number | undefined {
  let at = colon + 1;
  for (let slashes = 0; slashes < 2; slashes++) {
    const most = at + MOST_BACKSLASHES;
    while (at < most && isBackslash(bytes[at])) at++;
    if (bytes[at] !== SLASH) return undefined;
    at++;
  }
  return at;
}
