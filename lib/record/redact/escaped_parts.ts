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
  if (!text.includes("%") && !text.includes("\\") && !text.includes("&")) return [];
  const around = Math.max(AROUND_BYTES, longestSecretBytes);
  const most = Math.max(LONGEST_PART_BYTES, 8 * around);
  const parts: [number, number][] = [];
  for (let from = 0;;) {
    MARK.lastIndex = from;
    const next = MARK.exec(text)?.index;
    if (next === undefined) return parts;
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

/**
 * How such an escape begins, and the first of its digits; a space hides nothing, nor do quotes and angle
 * brackets that a page must escape.
 */
const MARK = new RegExp(
  [
    String.raw`\\(?:/|u\{|(?:u00|U000000|x)(?!20)[2-7]|(?!040)[01][0-7]{2})`,
    "%(?:u00)?(?!20)[2-7]",
    "&(?:#(?!(?:3[249]|6[02]|1[03]|160|8\\d{3}|x(?:2[027]|3[CEce]));)|(?:equals|plus|sol);)",
  ].join("|"),
  "g",
);
