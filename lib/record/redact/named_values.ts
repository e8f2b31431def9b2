/**
 * Finds credentials by the name that stands before them: members of JSON (nested in strings, too),
 * parameters of URLs and forms, fields of multipart forms, settings such as `api_key: …` and
 * `API_KEY=…`, and what stands before the host of a URL.
 */
import { certaintyOfName, type NameCertainty } from "../credential_names.ts";
import { maskCredential } from "../mask_secret.ts";
import { endOfString, isBackslash, isQuote } from "./json_strings.ts";
import { type Found, tableOf } from "./needle_search.ts";
import { isCredentialValue } from "./named_value_check.ts";
import type { Searched } from "./shape_search.ts";

const COLON = 0x3a;
const EQUALS = 0x3d;
const SLASH = 0x2f;
const AT = 0x40;
const SPACE = 0x20;

/** What a name is made of, and how long it may be. */
const NAME_BYTES = tableOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");
const LONGEST_NAME = 64;
const MOST_BACKSLASHES = 15;
const MOST_NAMES = 256;

/** The last three letters of names that say that a credential follows, and of a form field's. */
const ENDINGS = new Uint8Array(1 << 15);
for (
  const [first, second, third] of "key eys ken ens ret ets ord rds swd pwd uth ial als ure sig ase \
ion kie jwt ass otp ode ame".split(" ")
) ENDINGS[endingOf(codeOf(first), codeOf(second), codeOf(third))] = 1;

function codeOf(letter = ""): number {
  return letter.charCodeAt(0);
}

/** In letters of any case. */
function endingOf(first: number, second: number, third: number): number {
  return ((first & 31) << 10) | ((second & 31) << 5) | (third & 31);
}

/** Ends a value that stands in no quotes. */
const BARE_END = tableOf(" \t\r\n\"'`&;,<>(){}[]\\#|");
const SCHEME = /^(?:bearer|basic|token|apikey|digest)$/i;

interface Name {
  readonly text: string;
  readonly isQuoted: boolean;
  /** Whether it is one of a URL's parameters, or a form's. */
  readonly isParameter: boolean;
}

interface Value {
  readonly start: number;
  readonly end: number;
  /** Whether name and value both stand in quotes, the value alone, or neither. */
  readonly quotes: "both" | "value" | "none";
}

/** The names and values of one text, from its beginning to its end. */
export class NamedValues {
  readonly #bytes: Uint8Array;
  readonly #text: string;
  readonly #found: Found;
  /** The last run of a value without quotes that was read, so that none is read twice. */
  #bareFrom = 0;
  #bareEnd = 0;
  /** The same names come again and again. */
  readonly #certainties = new Map<string, NameCertainty>();

  constructor({ bytes, text }: Searched, found: Found) {
    this.#bytes = bytes;
    this.#text = text;
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
    if (isColon && this.#isAuthority(at)) return this.#userInfo(at);
    const name = this.#nameBefore(at);
    if (name === undefined) return 0;
    if (!isColon && name.text === "name") return this.#formField(at);
    const certainty = this.#certaintyOf(name.text);
    if (certainty === "no") return 0;
    const value = this.#valueAt(at, name);
    if (value === undefined || value.end <= value.start) return 0;
    const text = this.#text.slice(value.start, value.end);
    const { isParameter } = name;
    if (!isCredentialValue(text, { quotes: value.quotes, certainty, isParameter })) return 0;
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

  #nameBefore(separator: number): Name | undefined {
    const bytes = this.#bytes;
    let end = separator;
    while (end > 0 && separator - end < 4 && bytes[end - 1] === SPACE) end--;
    const isQuoted = isQuote(bytes[end - 1]);
    if (isQuoted) {
      end--;
      const most = end - MOST_BACKSLASHES;
      while (end > most && isBackslash(bytes[end - 1])) end--;
    }
    if (end < 3 || ENDINGS[endingOf(bytes[end - 3]!, bytes[end - 2]!, bytes[end - 1]!)] === 0) {
      return undefined;
    }
    let start = end;
    while (start > 0 && NAME_BYTES[bytes[start - 1]!] === 1) {
      start--;
      if (end - start > LONGEST_NAME) return undefined;
    }
    if (end - start < 3) return undefined;
    const before = bytes[start - 1];
    // `\nkey` is a line break and a key.
    if (isBackslash(before) && !isQuoted && end - start > 3) start++;
    const isParameter = bytes[separator] === EQUALS &&
      (before === undefined || before === 0x3f || before === 0x26);
    return { text: this.#text.slice(start, end), isQuoted, isParameter };
  }

  #valueAt(separator: number, name: Name): Value | undefined {
    const bytes = this.#bytes;
    let start = separator + 1;
    while (isSpace(bytes[start]) && start - separator < 64) start++;
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

  /** Whether `//` follows, its first slash escaped or not. */
  #isAuthority(colon: number): boolean {
    let at = colon + 1;
    while (at - colon <= MOST_BACKSLASHES && isBackslash(this.#bytes[at])) at++;
    return this.#bytes[at] === SLASH;
  }

  /**
   * What `scheme://name:password@host` tells to keep, its slashes escaped or not: the password, or a
   * long name where there is none.
   */
  #userInfo(colon: number): number {
    const bytes = this.#bytes;
    let start = colon + 1;
    for (let slashes = 0; slashes < 2; slashes++) {
      while (isBackslash(bytes[start])) start++;
      if (bytes[start] !== SLASH) return 0;
      start++;
    }
    let [end, at, split] = [start, -1, -1];
    const most = Math.min(bytes.length, start + LONGEST_USER_INFO);
    for (; end < most && USER_INFO_END[bytes[end]!] === 0; end++) {
      if (bytes[end] === AT) at = end;
      if (bytes[end] === COLON && split === -1) split = end;
    }
    if (at === -1) return 0;
    const hasPassword = split !== -1 && split < at;
    const from = hasPassword ? split + 1 : start;
    if (from >= at || (!hasPassword && at - from < SHORTEST_USER_TOKEN)) return 0;
    return this.#mask(from, at);
  }

  /** The value of a multipart form's field (RFC 7578) whose name says that it is a credential. */
  #formField(equals: number): number {
    const head = this.#text.slice(equals + 1, equals + FIELD_HEAD_BYTES);
    const [, escape = "", name = ""] = FIELD_NAME.exec(head) ?? [];
    if (name === "" || this.#certaintyOf(name) === "no") return 0;
    const blank = BLANK_LINE.exec(head);
    if (blank === null) return 0;
    const start = equals + 1 + blank.index + blank[0].length;
    const bytes = this.#bytes;
    let end = bytes.indexOf(escape === "" ? 0x0a : 0x5c, start);
    if (end === -1) end = bytes.length;
    if (bytes[end - 1] === 0x0d) end--;
    if (end <= start || this.#text.startsWith("--", start)) return 0;
    return this.#mask(start, end);
  }
}

const LONGEST_USER_INFO = 2048;
const SHORTEST_USER_TOKEN = 16;
const USER_INFO_END = tableOf(" \t\r\n\"'`<>/?#\\{}|");

const FIELD_HEAD_BYTES = 256;
const FIELD_NAME = /^(\\*)["']?([\w.-]{2,64})/;
const BLANK_LINE = /(?:\r?\n|\\+r\\+n|\\+n){2}/;

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
