/**
 * A text with its escapes resolved, and where in the text each byte of it comes from. `\u0041`, `\/`,
 * `\"` (in JSON nested however deep), `%41` and `%2541` become what they stand for, a run of backslashes
 * one. A secret read in the same way is found in it, whichever of its characters are escaped and how.
 */

export interface View {
  readonly bytes: Uint8Array;
  /** The place in the text from which byte `index` comes, or the escape that it is part of begins. */
  readonly startOf: (index: number) => number;
  /** The place in the text just behind what byte `index - 1` comes from. */
  readonly endOf: (index: number) => number;
}

const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const NEWLINE = 0x0a;
const LETTER_U = 0x75;

/** What an escape by a backslash and one character stands for, as far as it matters here. */
const SIMPLE: ReadonlyMap<number, number> = new Map([
  ...[...`/"'`].map((character) => [character.charCodeAt(0), character.charCodeAt(0)] as const),
  ...[..."bfnrt"].map((character) => [character.charCodeAt(0), NEWLINE] as const),
]);

/** The bytes from `from` to before `to`, unescaped. Takes linear time, whatever stands there. */
export function unescapedView(text: Uint8Array, from: number, to: number): View {
  const out = new Uint8Array(to - from);
  const escapes = new Escapes();
  let length = 0;
  let at = from;
  while (at < to) {
    const byte = text[at]!;
    if (byte !== BACKSLASH && byte !== PERCENT) {
      out[length++] = byte;
      at++;
      continue;
    }
    const start = length;
    const begins = at;
    if (byte === PERCENT) {
      let digits = at + 1;
      while (digits + 1 < to && text[digits] === 0x32 && text[digits + 1] === 0x35) digits += 2;
      const value = digits + 1 < to ? (hex(text[digits]!) << 4) | hex(text[digits + 1]!) : -1;
      out[length++] = value < 0 ? PERCENT : value;
      at = value < 0 ? digits : digits + 2;
    } else {
      while (at < to && text[at] === BACKSLASH) at++;
      const simple = at < to ? SIMPLE.get(text[at]!) : undefined;
      const code = text[at] === LETTER_U ? unit(text, at + 1, to) : -1;
      if (code >= 0) {
        at += 5;
        // The rest of a pair of surrogates stands for itself: no credential is written with one.
        length = writeUtf8(out, length, code);
      } else if (simple === undefined) out[length++] = BACKSLASH;
      else {
        out[length++] = simple;
        at++;
      }
    }
    if (at - begins !== 1) escapes.add(start, length, begins, at);
  }
  const { startOf, endOf } = escapes.places(from);
  return { bytes: out.subarray(0, length), startOf, endOf };
}

/** The same of what is a view already. */
export function viewOfView(view: View): View {
  const inner = unescapedView(view.bytes, 0, view.bytes.length);
  return {
    bytes: inner.bytes,
    startOf: (index) => view.startOf(inner.startOf(index)),
    endOf: (index) => view.endOf(inner.endOf(index)),
  };
}

/** A secret as such a view shows it. */
export function unescaped(bytes: Uint8Array): Uint8Array {
  return unescapedView(bytes, 0, bytes.length).bytes;
}

/** The escapes of a text, in order: where each stands in it, and what it became. */
class Escapes {
  readonly #outStarts: number[] = [];
  readonly #outEnds: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  add(outStart: number, outEnd: number, start: number, end: number): void {
    this.#outStarts.push(outStart);
    this.#outEnds.push(outEnd);
    this.#starts.push(start);
    this.#ends.push(end);
  }

  /** @param from where the view begins in the text */
  places(from: number): Pick<View, "startOf" | "endOf"> {
    const placeOf = (index: number, escape: number) => {
      if (escape < 0) return from + index;
      return this.#ends[escape]! + index - this.#outEnds[escape]!;
    };
    return {
      startOf: (index) => {
        const escape = lastAtMost(this.#outStarts, index);
        if (escape >= 0 && index < this.#outEnds[escape]!) return this.#starts[escape]!;
        return placeOf(index, escape);
      },
      endOf: (index) => {
        const escape = lastAtMost(this.#outStarts, index - 1);
        if (escape >= 0 && index <= this.#outEnds[escape]!) return this.#ends[escape]!;
        return placeOf(index, escape);
      },
    };
  }
}

/** The index of the last of these rising numbers that is no larger; -1 for none. */
function lastAtMost(numbers: readonly number[], value: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The value of four hexadecimal digits; -1 where there are none. */
function unit(text: Uint8Array, at: number, to: number): number {
  if (at + 4 > to) return -1;
  return (hex(text[at]!) << 12) | (hex(text[at + 1]!) << 8) | (hex(text[at + 2]!) << 4) |
    hex(text[at + 3]!);
}

/** -1 for what is no hexadecimal digit, which no shift makes positive. */
function hex(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function writeUtf8(out: Uint8Array, at: number, code: number): number {
  if (code < 0x80) out[at++] = code;
  else if (code < 0x800) {
    out[at++] = 0xc0 | (code >> 6);
    out[at++] = 0x80 | (code & 0x3f);
  } else {
    out[at++] = 0xe0 | (code >> 12);
    out[at++] = 0x80 | ((code >> 6) & 0x3f);
    out[at++] = 0x80 | (code & 0x3f);
  }
  return at;
}
