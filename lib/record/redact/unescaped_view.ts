/**
 * A text with its escapes resolved, and where in the text each byte of it comes from. `\u0041`, `\/`,
 * `\"` (in JSON nested however deep), `%41`, `%2541`, `&#65;` and their like (escapes.ts) become what they
 * stand for, a run of backslashes one. A secret read in the same way is found in it, whichever of its characters are escaped and how.
 */
import { beginsEscape, Escape } from "./escapes.ts";

export interface View {
  readonly bytes: Uint8Array;
  /** The place in the text from which byte `index` comes, or the escape that it is part of begins. */
  readonly startOf: (index: number) => number;
  /** The place in the text just behind what byte `index - 1` comes from. */
  readonly endOf: (index: number) => number;
}

/** The bytes from `from` to before `to`, unescaped. Takes linear time, whatever stands there. */
export function unescapedView(text: Uint8Array, from: number, to: number): View {
  // No escape is shorter than what it stands for.
  const out = new Uint8Array(to - from);
  const escapes = new Escapes();
  const escape = new Escape();
  let length = 0;
  let at = from;
  while (at < to) {
    const byte = text[at]!;
    if (!beginsEscape(byte)) {
      out[length++] = byte;
      at++;
      continue;
    }
    const start = length;
    escape.read(text, at, to);
    if (escape.isByte) out[length++] = escape.code;
    else length = writeUtf8(out, length, escape.code);
    if (escape.end - at !== 1) escapes.add(start, length, at, escape.end);
    at = escape.end;
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

function writeUtf8(out: Uint8Array, at: number, code: number): number {
  if (code < 0x80) out[at++] = code;
  else if (code < 0x800) {
    out[at++] = 0xc0 | (code >> 6);
    out[at++] = 0x80 | (code & 0x3f);
  } else {
    if (code < 0x10000) out[at++] = 0xe0 | (code >> 12);
    else {
      out[at++] = 0xf0 | (code >> 18);
      out[at++] = 0x80 | ((code >> 12) & 0x3f);
    }
    out[at++] = 0x80 | ((code >> 6) & 0x3f);
    out[at++] = 0x80 | (code & 0x3f);
  }
  return at;
}
