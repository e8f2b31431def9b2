/**
 * Values whose name is itself a value: a multipart form's `name="api_key"` with the field below, and
 * `{"name": "X-Api-Key", "value": "…"}`.
 */
import { endOfString } from "./json_strings.ts";
import type { Searched } from "./shape_search.ts";

export interface NamedField {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly quotes: "both";
}

/** How far behind its name a field may begin. */
const HEAD_BYTES = 256;
/** A name, perhaps the innermost of `user[password]`, or behind the `UTF-8''` of `name*`. */
const FIELD =
  /^\s{0,8}(\\{0,15})["']?(?:[\w-]{1,16}'[\w-]{0,16}')?(?:[\w.-]{1,64}\[){0,4}([\w.-]{2,64})/;
const BLANK_LINE = /(?:\r?\n|\\{1,8}r\\{1,8}n|\\{1,8}n){2}/;
const VALUE_MEMBER = /^\\{0,15}"\s{0,8},\s{0,8}\\{0,15}"value\\{0,15}"\s{0,8}:\s{0,8}(\\{0,15})"/i;

/** The field that is named behind a separator; undefined where that names none. */
export function namedField({ bytes, text }: Searched, separator: number): NamedField | undefined {
  const head = text.slice(separator + 1, separator + 1 + HEAD_BYTES);
  const [named = "", escape = "", name = ""] = FIELD.exec(head) ?? [];
  if (name === "") return undefined;
  const behind = separator + 1 + named.length;
  const member = VALUE_MEMBER.exec(head.slice(named.length));
  if (member !== null) {
    const [before, escaped = ""] = member;
    const start = behind + before.length;
    const end = endOfString(bytes, { start, escapeLength: escaped.length, quote: QUOTE });
    return { name, start, end, quotes: "both" };
  }
  const blank = text[separator] === "=" ? BLANK_LINE.exec(head) : null;
  if (blank === null) return undefined;
  const start = separator + 1 + blank.index + blank[0].length;
  let end = bytes.indexOf(escape === "" ? LINE_FEED : BACKSLASH, start);
  if (end === -1) end = bytes.length;
  if (bytes[end - 1] === CARRIAGE_RETURN) end--;
  if (end <= start || text.startsWith("--", start)) return undefined;
  return { name, start, end, quotes: "both" };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
