/** How a secret may be spelled where it is looked for. */
import { maskSecret } from "../mask_secret.ts";
import type { Needle } from "./needle_search.ts";
import { unescaped } from "./unescaped_view.ts";

/** Under this a secret is a common word or number, and masking it would garble the log. */
export const SHORTEST_CHARACTERS = 6;

const encoder = new TextEncoder();

/**
 * A secret as it is, unescaped as a view of a text is, and where those readings leave something open in
 * JSON and in a URL; then what Base64 makes of it.
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
    ...base64(bytes).map((text) => ({ bytes: encoder.encode(text), mask: "****" })),
  ].filter(({ bytes }) => bytes.length >= SHORTEST_CHARACTERS);
}

/** What no spelling but an escape of each character changes, which a view resolves. */
const PLAIN = /^[\w.~+/=-]*$/;

function escapedSpellings(value: string): string[] {
  const inJson = JSON.stringify(value).slice(1, -1);
  const ascii = inJson.replace(/[^ -~]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  const inUrl = encodeURIComponent(value.toWellFormed());
  const lower = inUrl.replace(/%../g, (escape) => escape.toLowerCase());
  return [inJson, JSON.stringify(inJson).slice(1, -1), ascii, inUrl, lower];
}

/**
 * What Base64 makes of the secret behind 0, 1 or 2 other bytes, less the characters that its
 * neighbours share in; in the usual and in the URL alphabet (RFC 4648, sections 4 and 5).
 */
function base64(bytes: Uint8Array): string[] {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return [0, 1, 2].flatMap((offset) => {
    const text = btoa("\0".repeat(offset) + binary);
    const from = Math.ceil((offset * 8) / 6);
    const core = text.slice(from, Math.floor(((offset + bytes.length) * 8) / 6));
    const inUrl = core.replaceAll("+", "-").replaceAll("/", "_");
    return core === inUrl ? [core] : [core, inUrl];
  });
}
