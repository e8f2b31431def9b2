/** How a secret may be spelled where it is looked for. */
import { maskSecret } from "../mask_secret.ts";
import type { Needle } from "./needle_search.ts";
import { unescaped } from "./unescaped_view.ts";

/** Under this a secret is a common word or number, and masking it would garble the log. */
export const SHORTEST_CHARACTERS = 6;

const encoder = new TextEncoder();

/**
 * A secret as it is, unescaped as a view of a text is, and where those readings leave something open in
 * JSON, a URL and a page; then what Base64 and hexadecimal digits make of it.
 */
export function needlesOf(value: string): Needle[] {
  const mask = maskSecret(value);
  const bytes = encoder.encode(value);
  const readings = new Map<string, Uint8Array>([[value, bytes]]);
  if (!PLAIN.test(value)) {
    for (const text of escapedSpellings(value)) readings.set(text, encoder.encode(text));
    const once = unescaped(bytes);
    readings.set("once", once).set("twice", unescaped(once));
  }
  return [
    ...[...readings.values()].map((bytes) => ({ bytes, mask })),
    ...[...base64(bytes), ...hexadecimal(bytes)].map((core) => ({ bytes: core, mask: "****" })),
  ].filter(({ bytes }) => bytes.length >= SHORTEST_CHARACTERS);
}

/** Values that no spelling changes but Base64, digits, and escapes, which a view resolves. */
export const PLAIN = /^[\w.~+/=-]*$/;

function escapedSpellings(value: string): string[] {
  const inJson = JSON.stringify(value).slice(1, -1);
  const ascii = inJson.replace(/[^ -~]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  const inUrl = encodeURIComponent(value.toWellFormed());
  const lower = inUrl.replace(/%../g, (escape) => escape.toLowerCase());
  return [inJson, JSON.stringify(inJson).slice(1, -1), ascii, inUrl, lower, ...inHtml(value)];
}

/** What a page has to escape, as the usual escapers do; what more some escape by numbers, a view resolves. */
function inHtml(value: string): string[] {
  const text = value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return [`&quot; '`, "&quot; &#39;", "&#34; &#39;", "&quot; &#x27;"].map((quotes) => {
    const [double = "", single = ""] = quotes.split(" ");
    return text.replaceAll('"', double).replaceAll("'", single);
  });
}

function hexadecimal(bytes: Uint8Array): Uint8Array[] {
  const lower = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [...new Set([lower, lower.toUpperCase()])].map((text) => encoder.encode(text));
}

/**
 * What Base64 makes of the secret behind 0, 1 or 2 other bytes, less the characters that its
 * neighbours share in; in the usual and in the URL alphabet (RFC 4648, sections 4 and 5).
 */
function base64(bytes: Uint8Array): Uint8Array[] {
  return [0, 1, 2].flatMap((offset) => {
    const usual = base64Core(bytes, { offset, alphabet: USUAL });
    const hasBoth = usual.includes(USUAL[62]!) || usual.includes(USUAL[63]!);
    return hasBoth ? [usual, base64Core(bytes, { offset, alphabet: IN_URLS })] : [usual];
  });
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const USUAL = encoder.encode(`${LETTERS}+/`);
const IN_URLS = encoder.encode(`${LETTERS}-_`);

/** @param offset how many bytes stand before these in their group of three */
function base64Core(
  bytes: Uint8Array,
  { offset, alphabet }: { readonly offset: number; readonly alphabet: Uint8Array },
): Uint8Array {
  const from = Math.ceil((offset * 8) / 6);
  const to = Math.floor(((offset + bytes.length) * 8) / 6);
  const core = new Uint8Array(Math.max(0, to - from));
  for (let place = from; place < to; place++) {
    const bit = place * 6 - offset * 8;
    const pair = (bytes[bit >> 3]! << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    core[place - from] = alphabet[(pair >> (10 - (bit & 7))) & 63]!;
  }
  return core;
}

/**
 * The first so many characters of what Base64 makes of a plain secret, in each way; one array, used anew.
 */
export function* base64At(value: string, length: number): Iterable<Uint8Array> {
  const core = new Uint8Array(length);
  for (let offset = 0; offset < 3; offset++) {
    const from = Math.ceil((offset * 8) / 6);
    if (Math.floor(((offset + value.length) * 8) / 6) - from < length) continue;
    let hasBoth = false;
    for (const alphabet of [USUAL, IN_URLS]) {
      for (let place = 0; place < length; place++) {
        const bit = (from + place) * 6 - offset * 8;
        const pair = (value.charCodeAt(bit >> 3) << 8) | (value.charCodeAt((bit >> 3) + 1) || 0);
        const sextet = (pair >> (10 - (bit & 7))) & 63;
        hasBoth ||= sextet >= 62;
        core[place] = alphabet[sextet]!;
      }
      yield core;
      if (!hasBoth) break;
    }
  }
}
