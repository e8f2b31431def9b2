/** Where a string ends that stands in JSON, nested in strings or not, or in a program's text. */

const BACKSLASH = 0x5c;

export function isBackslash(byte: number | undefined): boolean {
  return byte === BACKSLASH;
}

/** Double, single, or a template's. */
export function isQuote(byte: number | undefined): boolean {
  return byte === 0x22 || byte === 0x27 || byte === 0x60;
}

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

export interface OpenString {
  /** Behind its opening quote. */
  readonly start: number;
  /** How many backslashes escape that quote. */
  readonly escapeLength: number;
  readonly quote: number;
}

/**
 * Where the string that begins at `start` ends: before its closing quote and that quote's escape; the
 * text's end where it has none.
 * In JSON nested k deep a quote is escaped by e = 2^k - 1 backslashes, and a backslash of the
 * innermost string takes e + 1; so the quote closes when an even number of those is left.
 */
export function endOfString(
  bytes: Uint8Array,
  { start, escapeLength, quote }: OpenString,
): number {
  for (let at = bytes.indexOf(quote, start); at !== -1; at = bytes.indexOf(quote, at + 1)) {
    let run = at;
    while (run > start && bytes[run - 1] === BACKSLASH) run--;
    const ownBackslashes = (at - run - escapeLength) / (escapeLength + 1);
    if (ownBackslashes < 0) return run;
    if (ownBackslashes % 2 !== 1) return at - escapeLength;
  }
  return bytes.length;
}
