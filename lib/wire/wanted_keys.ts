/** Keys of a JSON object that are looked for, compared as decoded. */
import { asciiKeyAt } from "./json_key.ts";
import { stringAt } from "./json_string.ts";
import { BACKSLASH } from "./json_token.ts";

interface WantedKey {
  readonly name: string;
  /** The key as nearly everybody writes it, quotes included. */
  readonly plain: Uint8Array;
}

/** Such as `\u006d`: half of a character that JavaScript counts as two. */
const ESCAPED_CHARACTER_BYTES = 6;

/** Keys to look for, made ready once for many bodies. */
export class WantedKeys {
  readonly #byName = new Map<string, WantedKey>();
  /** By the bytes that a key takes with its quotes. */
  readonly #byLength: WantedKey[][] = [];
  /** The most bytes that one of them takes, with its quotes and each of its characters escaped. */
  readonly longestSpelling: number;
  readonly isAscii: boolean;

  constructor(names: Iterable<string>) {
    for (const name of new Set(names)) {
      const key = { name, plain: new TextEncoder().encode(JSON.stringify(name)) };
      this.#byName.set(name, key);
      (this.#byLength[key.plain.length] ??= []).push(key);
    }
    const longest = Math.max(0, ...this.#byName.keys().map(({ length }) => length));
    this.isAscii = this.#byName.keys().every((name) => /^[\x20-\x7e]*$/.test(name));
    this.longestSpelling = 2 + longest * ESCAPED_CHARACTER_BYTES;
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** The key that is spelt so; undefined where none is. */
  spelt(body: Uint8Array, start: number, end: number): string | undefined {
    const candidates = this.#byLength[end - start];
    if (candidates === undefined) return undefined;
    for (const { name, plain } of candidates) {
      if (isSpelt(plain, body, start)) return name;
    }
    return undefined;
  }
}

/**
 * Which wanted key this is. Only a key with an escape is decoded: a body may hold millions; and only
 * one that is short enough for a wanted key in which every character is escaped.
 */
export function wantedName(
  start: number,
  end: number,
  { body, wanted }: { readonly body: Uint8Array; readonly wanted: WantedKeys },
): string | undefined {
  const plain = wanted.spelt(body, start, end);
  if (plain !== undefined || end - start > wanted.longestSpelling) return plain;
  if (!hasEscape(body, start, end)) return undefined;
  const decoded = wanted.isAscii
    ? asciiKeyAt(body, start + 1, end - 1)
    : stringAt(body, { start, end });
  return decoded !== undefined && wanted.has(decoded) ? decoded : undefined;
}

function hasEscape(body: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (body[at] === BACKSLASH) return true;
  }
  return false;
}

function isSpelt(plain: Uint8Array, body: Uint8Array, start: number): boolean {
  for (let at = 0; at < plain.length; at++) {
    if (plain[at] !== body[start + at]) return false;
  }
  return true;
}
