/**
 * One escape of a text, as those write it who put text into JSON, JavaScript, a shell, a URL or a page:
 * `\u0041`, `\u{41}`, `\U00000041`, `\x41`, `\101`, `\/`, `%41`, `%2541`, `%u0041`, `&#65;`, `&#x41;`, `&amp;`.
 */

const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const AMPERSAND = 0x26;
const SEMICOLON = 0x3b;
const HASH = 0x23;
const BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const NEWLINE = 0x0a;
const UPPER_U = 0x55;
const LOWER_U = 0x75;
const LOWER_X = 0x78;

/** What an escape by a backslash and one character stands for, as far as it matters here. */
const SIMPLE: ReadonlyMap<number, number> = new Map([
  ...[...`/"'\``].map((character) => [character.charCodeAt(0), character.charCodeAt(0)] as const),
  ...[..."bfnrt"].map((character) => [character.charCodeAt(0), NEWLINE] as const),
]);

/** The characters that a credential or the name before it may have, by the names HTML has for them. */
const ENTITIES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    amp: "&",
    apos: "'",
    colon: ":",
    commat: "@",
    dollar: "$",
    equals: "=",
    excl: "!",
    gt: ">",
    lowbar: "_",
    lt: "<",
    num: "#",
    percnt: "%",
    period: ".",
    plus: "+",
    quot: '"',
    semi: ";",
    sol: "/",
  }).map(([name, character]) => [name, character.charCodeAt(0)]),
);
const LONGEST_ENTITY = 10;

/** Whether an escape may begin with this byte. */
export function beginsEscape(byte: number): boolean {
  return byte === BACKSLASH || byte === PERCENT || byte === AMPERSAND;
}

/** The last escape that was read: one object for a whole text. */
export class Escape {
  /** What it stands for: a code point, or a byte below 256. What is no escape stands for itself. */
  code = 0;
  isByte = true;
  /** The place in the text just behind it. */
  end = 0;

  /** Reads what begins at `at`, where a byte stands that `beginsEscape()`. */
  read(text: Uint8Array, at: number, to: number): void {
    if (text[at] === PERCENT) this.#percent(text, at, to);
    else if (text[at] === AMPERSAND) this.#entity(text, at, to);
    else this.#backslashes(text, at, to);
  }

  #set(code: number, end: number, isByte = true): void {
    this.code = code;
    this.end = end;
    this.isByte = isByte;
  }

  #percent(text: Uint8Array, at: number, to: number): void {
    if (text[at + 1] === LOWER_U) {
      const code = hexNumber(text, { at: at + 2, digits: 4, to });
      if (code >= 0) return this.#set(code, at + 6, false);
    }
    let digits = at + 1;
    while (digits + 1 < to && text[digits] === 0x32 && text[digits + 1] === 0x35) digits += 2;
    const value = hexNumber(text, { at: digits, digits: 2, to });
    if (value < 0) this.#set(PERCENT, digits);
    else this.#set(value, digits + 2);
  }

  #entity(text: Uint8Array, at: number, to: number): void {
    const most = Math.min(to, at + LONGEST_ENTITY);
    let end = at + 1;
    while (end < most && text[end] !== SEMICOLON) end++;
    const code = end < most ? entityCode(text, at + 1, end) : -1;
    if (code < 0) this.#set(AMPERSAND, at + 1);
    else this.#set(code, end + 1, false);
  }

  /** A run of backslashes, as escapes of escapes have it, is one. */
  #backslashes(text: Uint8Array, begins: number, to: number): void {
    let at = begins;
    while (at < to && text[at] === BACKSLASH) at++;
    const letter = at < to ? text[at]! : 0;
    const simple = SIMPLE.get(letter);
    if (simple !== undefined) return this.#set(simple, at + 1);
    if (letter === LOWER_X) {
      const code = hexNumber(text, { at: at + 1, digits: 2, to });
      if (code >= 0) return this.#set(code, at + 3);
    }
    if (letter === UPPER_U || letter === LOWER_U) {
      const digits = letter === UPPER_U ? 8 : 4;
      // The rest of a pair of surrogates stands for itself: no credential is written with one.
      const code = hexNumber(text, { at: at + 1, digits, to });
      if (code >= 0) return this.#set(code, at + 1 + digits, false);
      if (text[at + 1] === BRACE && this.#braced(text, at + 2, to)) return;
    }
    const octal = octalNumber(text, at, to);
    if (octal >= 0) this.#set(octal, at + 3);
    else this.#set(BACKSLASH, at);
  }

  #braced(text: Uint8Array, at: number, to: number): boolean {
    const most = Math.min(to, at + 7);
    let end = at;
    while (end < most && text[end] !== CLOSING_BRACE) end++;
    if (end === at || end === most) return false;
    const code = hexNumber(text, { at, digits: end - at, to });
    if (code < 0) return false;
    this.#set(code, end + 1, false);
    return true;
  }
}

/** @param at behind the ampersand @param end of the semicolon */
function entityCode(text: Uint8Array, at: number, end: number): number {
  if (text[at] !== HASH) {
    return ENTITIES.get(String.fromCharCode(...text.subarray(at, end)).toLowerCase()) ?? -1;
  }
  if ((text[at + 1]! | 0x20) === LOWER_X) {
    return end > at + 2 ? hexNumber(text, { at: at + 2, digits: end - at - 2, to: end }) : -1;
  }
  let code = end > at + 1 ? 0 : -1;
  for (let place = at + 1; place < end; place++) {
    const digit = text[place]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    code = code * 10 + digit;
  }
  return code;
}

/** Three octal digits; -1 where there are none. */
function octalNumber(text: Uint8Array, at: number, to: number): number {
  if (at + 3 > to || text[at]! > 0x33) return -1;
  let code = 0;
  for (let place = at; place < at + 3; place++) {
    const digit = text[place]! - 0x30;
    if (digit < 0 || digit > 7) return -1;
    code = code * 8 + digit;
  }
  return code;
}

/** The value of so many hexadecimal digits; -1 where there are none, or it is no code point. */
function hexNumber(
  text: Uint8Array,
  { at, digits, to }: { readonly at: number; readonly digits: number; readonly to: number },
): number {
  if (at + digits > to) return -1;
  let value = 0;
  for (let place = at; place < at + digits; place++) {
    const digit = hex(text[place]!);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value > 0x10ffff ? -1 : value;
}

function hex(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
