/** Where in a text escapes may hide a credential: the parts of it that are worth unescaping. */

/** How far the text around an escape is read with it: no unknown credential goes on longer unescaped. */
const AROUND_BYTES = 256;
/** Of escapes that stand closer together one is looked at. */
const STRIDE_BYTES = 64;
/** Longer parts are taken one after another, each with the end of the one before. */
const LONGEST_PART_BYTES = 96 * 1024;

/**
 * The parts of a text in which an escape hides what could be a part of a credential: letters, digits
 * and punctuation. Line breaks and quotes, of which JSON is full, hide none.
 *
 * @param text one character a byte
 */
export function escapedParts(text: string, longestSecretBytes: number): [number, number][] {
  if (!text.includes("%") && !text.includes("\\")) return [];
  const around = Math.max(AROUND_BYTES, longestSecretBytes);
  const most = Math.max(LONGEST_PART_BYTES, 8 * around);
  const places = MARKS.map((mark) => new Places(text, mark));
  const parts: [number, number][] = [];
  for (let from = 0;;) {
    const next = Math.min(...places.map((each) => each.nextFrom(from)));
    if (next === Infinity) return parts;
    const end = Math.min(text.length, next + around + STRIDE_BYTES);
    const before = parts.at(-1);
    const isNear = before !== undefined && next - around <= before[1];
    if (isNear && next - before[0] < most) before[1] = end;
    else parts.push([wordStart(text, Math.max(0, next - around)), end]);
    from = next + STRIDE_BYTES;
  }
}

const WORD_ENDS = " \t\n\r\"',";

/** Not within a word, where one is near: what it begins with would be lost. */
function wordStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < AROUND_BYTES && !WORD_ENDS.includes(text[start - 1]!)) start--;
  return start;
}

/** How such an escape begins, and the first of its two digits, if it has digits; a space hides nothing. */
const MARKS = [
  { begins: "\\u00", hasDigits: true },
  { begins: "\\/", hasDigits: false },
  { begins: "%", hasDigits: true },
] as const;

/** The places of one kind of escape, each looked for once. */
class Places {
  readonly #text: string;
  readonly #mark: typeof MARKS[number];
  #next = -1;

  constructor(text: string, mark: typeof MARKS[number]) {
    this.#text = text;
    this.#mark = mark;
  }

  /** `from` must rise. Infinity for none. */
  nextFrom(from: number): number {
    if (this.#next >= from) return this.#next;
    const { begins, hasDigits } = this.#mark;
    let at = this.#text.indexOf(begins, from);
    while (hasDigits && at !== -1 && !this.#isPrintable(at + begins.length)) {
      at = this.#text.indexOf(begins, at + begins.length);
    }
    this.#next = at === -1 ? Infinity : at;
    return this.#next;
  }

  #isPrintable(digits: number): boolean {
    const first = this.#text.charCodeAt(digits);
    return first >= 0x32 && first <= 0x37 && !this.#text.startsWith("20", digits);
  }
}
