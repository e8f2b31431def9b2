/** The values of parameters in a query, or in a body that is written like one. */
import type { Span } from "./json_scan.ts";

export interface UrlValue {
  /** Characters of the text. */
  readonly span: Span;
  /** Decoded. */
  readonly value: string;
}

/** Every character of a name may be written in three. */
const LONGEST_SPELLING = 3;

/**
 * The values of the parameters of these names, in the order written, read as browsers and servers read
 * them: `+` is a space, and what is no percent-encoding stands for itself.
 * https://url.spec.whatwg.org/#urlencoded-parsing
 *
 * @param text one character a byte
 * @param start where the first parameter begins
 */
export function urlValues(text: string, start: number, names: readonly string[]): UrlValue[] {
  const longest = LONGEST_SPELLING * Math.max(...names.map(({ length }) => length));
  const found: UrlValue[] = [];
  for (let at = start, end = start; at <= text.length; at = end + 1) {
    const ampersand = text.indexOf("&", at);
    end = ampersand < 0 ? text.length : ampersand;
    const equals = text.slice(at, Math.min(end, at + longest + 1)).indexOf("=");
    if (equals <= 0 || !names.includes(urlDecoded(text.slice(at, at + equals)))) continue;
    const span = { start: at + equals + 1, end };
    found.push({ span, value: urlDecoded(text.slice(span.start, end)) });
  }
  return found;
}

/** A name or value out of its encoding; `+` is a space. */
export function urlDecoded(written: string): string {
  return new URLSearchParams(`_=${escapedBytes(written)}`).get("_") ?? "";
}

/** Text of one character a byte as ASCII, for those who take a character for more than its byte. */
export function escapedBytes(text: string): string {
  return text.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
}
