/**
 * Finds credentials by the name that stands before them: members of JSON (nested in strings, too),
 * parameters of URLs and forms, fields of multipart forms, settings such as `api_key: …` and
 * `API_KEY=…`, and what stands before the host of a URL.
 */
import { certaintyOfName, type NameCertainty } from "../credential_names.ts";
import { maskCredential } from "../mask_secret.ts";
import { endOfString, isBackslash, isQuote, isSpace } from "./json_strings.ts";
import { type Name, nameBefore } from "./name_before.ts";
import { namedField } from "./named_fields.ts";
import { type Found, tableOf } from "./needle_search.ts";
import { isCredentialValue } from "./named_value_check.ts";
import type { Searched } from "./shape_search.ts";
import { userInfoBehind } from "./user_info.ts";

const COLON = 0x3a;
const SPACE = 0x20;
const COMMA = 0x2c;
const BRACKET = 0x5b;
const MOST_SPACES = 64;
const MOST_NAMES = 256;
const MOST_BACKSLASHES = 15;
/** What stands before another name, whose value is a member or a line of its own. */
const PAIRED = /^(?:name|key|header)$/i;

/** Ends a value that stands in no quotes. */
const BARE_END = tableOf(" \t\r\n\"'`&;,<>(){}[]\\#|");
const SCHEME = /^(?:bearer|basic|token|apikey|digest)$/i;

interface Value {
  readonly start: number;
  readonly end: number;
  /** Whether name and value both stand in quotes, the value alone, or neither. */
  readonly quotes: "both" | "value" | "none";
}

/** The names and values of one text, from its beginning to its end. */
export class NamedValues {
  readonly #searched: Searched;
  readonly #bytes: Uint8Array;
  readonly #text: string;
  readonly #found: Found;
  /** The last run of a value without quotes that was read, so that none is read twice. */
  #bareFrom = 0;
  #bareEnd = 0;
  /** The same names come again and again. */
  readonly #certainties = new Map<string, NameCertainty>();

  constructor(searched: Searched, found: Found) {
    this.#searched = searched;
    this.#bytes = searched.bytes;
    this.#text = searched.text;
    this.#found = found;
  }

  /** Finds what begins from `from` to before `to`; gives where to go on. */
  find({ from, to }: { readonly from: number; readonly to: number }): number {
    let next = from;
    let colon = this.#text.indexOf(":", next);
    let equals = this.#text.indexOf("=", next);
    for (;;) {
      const at = colon === -1 || (equals !== -1 && equals < colon) ? equals : colon;
      if (at === -1) return this.#text.length;
      if (at >= to) return Math.max(to, next);
      // What a value holds is no further name.
      next = Math.max(at + 1, this.#valueBehind(at));
      if (colon !== -1 && colon < next) colon = this.#text.indexOf(":", next);
      if (equals !== -1 && equals < next) equals = this.#text.indexOf("=", next);
    }
  }

  /** Finds what stands behind a colon or an equals sign; gives where it ends, 0 for nothing. */
  #valueBehind(at: number): number {
    const isColon = this.#bytes[at] === COLON;
    const userInfo = isColon ? userInfoBehind(this.#bytes, at) : undefined;
    if (userInfo !== undefined) return this.#mask(userInfo.start, userInfo.end);
    const name = nameBefore(this.#searched, at);
    if (name === undefined) return 0;
    const field = PAIRED.test(name.text) ? namedField(this.#searched, at) : undefined;
    if (field !== undefined) return this.#maskIfOne(field, { ...name, text: field.name });
    if (this.#certaintyOf(name.text) === "no") return 0;
    const list = name.isQuoted && isColon ? listStart(this.#bytes, at) : undefined;
    if (list !== undefined) return this.#list(list, name);
    const value = this.#valueAt(at, name);
    return value === undefined ? 0 : this.#maskIfOne(value, name);
  }

  /** Masks the strings of a list; gives where the last of them ends. */
  #list(bracket: number, name: Name): number {
    let end = 0;
    for (let at = bracket;; at = end) {
      const value = this.#valueAt(at, name);
      if (value === undefined) return end;
      this.#maskIfOne(value, name);
      end = behindString(this.#bytes, value.end);
      if (this.#bytes[end] !== COMMA) return end;
    }
  }

  /** Masks a value that is a credential, and gives its end; 0 for any other. */
  #maskIfOne(value: Value, { text: name, isParameter }: Name): number {
    const certainty = this.#certaintyOf(name);
    if (certainty === "no" || value.end <= value.start) return 0;
    const text = this.#text.slice(value.start, value.end);
    const { quotes } = value;
    if (!isCredentialValue(text, { quotes, certainty, isParameter })) return 0;
    return this.#mask(value.start, value.end);
  }

  #certaintyOf(name: string): NameCertainty {
    const known = this.#certainties.get(name);
    if (known !== undefined) return known;
    const certainty = certaintyOfName(name);
    if (this.#certainties.size < MOST_NAMES) this.#certainties.set(name, certainty);
    return certainty;
  }

  #mask(start: number, end: number): number {
    this.#found(start, end, maskCredential(this.#text.slice(start, end)));
    return end;
  }

  #valueAt(separator: number, name: Name): Value | undefined {
    const bytes = this.#bytes;
    const isSetting = !name.isQuoted && bytes[separator] === COLON;
    const below = isSetting ? valueBelow(this.#text, separator) : undefined;
    if (below !== undefined) return below;
    let start = separator + 1;
    while (isSpace(bytes[start]) && start - separator < MOST_SPACES) start++;
    let escapeLength = 0;
    while (escapeLength < MOST_BACKSLASHES && isBackslash(bytes[start + escapeLength])) {
      escapeLength++;
    }
    const quote = bytes[start + escapeLength];
    if (quote !== undefined && isQuote(quote)) {
      start += escapeLength + 1;
      const end = endOfString(bytes, { start, escapeLength, quote });
      return { start, end, quotes: name.isQuoted ? "both" : "value" };
    }
    // A quoted name's value that is no string is no credential, and a line's end ends a setting.
    if (name.isQuoted || this.#text.slice(separator + 1, start).includes("\n")) return undefined;
    let end = this.#endOfBare(start);
    const isScheme = end - start < 8 && SCHEME.test(this.#text.slice(start, end));
    if (isScheme && bytes[end] === SPACE) end = this.#endOfBare(end + 1);
    const isCode = bytes[end] === 0x28 || bytes[end] === 0x5b; // that calls or looks something up
    return isCode ? undefined : { start, end, quotes: "none" };
  }

  #endOfBare(start: number): number {
    if (start >= this.#bareFrom && start < this.#bareEnd) return this.#bareEnd;
    let end = start;
    while (end < this.#bytes.length && BARE_END[this.#bytes[end]!] === 0) end++;
    this.#bareFrom = start;
    this.#bareEnd = end;
    return end;
  }
}

/** YAML: the name's colon, perhaps `>-` or `|`, and on the next line, further in, a value alone. */
const BELOW =
  /^:[ \t]{0,8}(?:[>|][+\-1-9]{0,2})?[ \t]{0,8}(?:\r?\n|\\{1,8}r\\{1,8}n|\\{1,8}n)[ \t]{1,64}([^\s"'`&;,<>(){}[\]\\#|]{1,512})(?=[ \t]{0,8}(?:[\r\n\\"]|$))/;
const BELOW_CHARACTERS = 700;

function valueBelow(text: string, colon: number): Value | undefined {
  const [all, value = ""] = BELOW.exec(text.slice(colon, colon + BELOW_CHARACTERS)) ?? [];
  // Another name, whose value is its own.
  if (all === undefined || value.endsWith(":")) return undefined;
  const end = colon + all.length;
  return { start: end - value.length, end, quotes: "none" };
}

/** The bracket of a list of strings behind a colon. */
function listStart(bytes: Uint8Array, colon: number): number | undefined {
  let at = colon + 1;
  while (isSpace(bytes[at]) && at - colon < MOST_SPACES) at++;
  return bytes[at] === BRACKET ? at : undefined;
}

/** Behind a string's closing quote, its escape and white space. */
function behindString(bytes: Uint8Array, end: number): number {
  let at = end;
  while (isBackslash(bytes[at])) at++;
  at++;
  const most = at + MOST_SPACES;
  while (at < most && isSpace(bytes[at])) at++;
  return at;
}
