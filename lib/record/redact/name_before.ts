/** The name that stands before a colon or an equals sign, where it may be a credential's. */
import { isBackslash, isQuote } from "./json_strings.ts";
import { tableOf } from "./needle_search.ts";
import type { Searched } from "./shape_search.ts";

const EQUALS = 0x3d;
const SPACE = 0x20;
const ASTERISK = 0x2a;
const CLOSING_BRACKET = 0x5d;

/** What a name is made of, and how long it may be. */
const NAME_BYTES = tableOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");
const OUTER_BYTES = tableOf(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.[]",
);
const LONGEST_NAME = 64;
const MOST_BACKSLASHES = 15;

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

function beginsParameter(before: number | undefined): boolean {
  return before === undefined || before === 0x3f || before === 0x26;
}

/** Where `user[a][password` begins, of which `password` begins at `start`. */
function outerStart(bytes: Uint8Array, start: number): number {
  const least = start - LONGEST_NAME;
  let outer = start;
  while (outer > 0 && outer > least && OUTER_BYTES[bytes[outer - 1]!] === 1) outer--;
  return outer;
}

export interface Name {
  readonly text: string;
  readonly isQuoted: boolean;
  /** Whether it is one of a URL's parameters, or a form's. */
  readonly isParameter: boolean;
}

/** Undefined where none stands there, or one that says nothing. */
export function nameBefore({ bytes, text }: Searched, separator: number): Name | undefined {
  let end = separator;
  while (end > 0 && separator - end < 4 && bytes[end - 1] === SPACE) end--;
  const isEquals = bytes[separator] === EQUALS;
  // `user[password]=`, and `name*=` of a header's parameter (RFC 8187).
  const isInner = isEquals && bytes[end - 1] === CLOSING_BRACKET;
  if (isInner || (isEquals && bytes[end - 1] === ASTERISK)) end--;
  const isQuoted = !isInner && isQuote(bytes[end - 1]);
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
  const isParameter = isEquals &&
    beginsParameter(bytes[(isInner ? outerStart(bytes, start) : start) - 1]);
  return { text: text.slice(start, end), isQuoted, isParameter };
}
