/**
 * Finds credentials in text, however they are spelled: as they are, percent-encoded or JSON-escaped in
 * part or whole (and in each other, four deep), and in Base64. A reading of its own, which owes nothing
 * to the redactor that it checks.
 */
import { Buffer } from "node:buffer";

export interface Leak {
  /** Where it was found: a file, a backend. */
  readonly where: string;
  readonly secret: string;
  /** As the text is, for a person. */
  readonly excerpt: string;
}

export interface Secret {
  readonly value: string;
  /** This many characters of it in a row count as all of it; undefined for no fewer than all. */
  readonly pieceLength?: number;
}

const DEPTH = 4;
const EXCERPT_CHARACTERS = 40;

/** @param text one byte a character, or decoded; credentials are ASCII */
export function leaksIn(where: string, text: string, secrets: readonly Secret[]): Leak[] {
  const views = viewsOf(text);
  return secrets.flatMap((secret) => {
    for (const view of views) {
      const spelling = spellingsOf(secret).find((spelling) => view.includes(spelling));
      if (spelling === undefined) continue;
      const at = view.indexOf(spelling);
      const start = Math.max(0, at - EXCERPT_CHARACTERS);
      const excerpt = view.slice(start, at + spelling.length + EXCERPT_CHARACTERS);
      return [{ where, secret: secret.value, excerpt: JSON.stringify(excerpt) }];
    }
    return [];
  });
}

/** The text, and what it says once the escapes in it are resolved, and those in that. */
function viewsOf(text: string): readonly string[] {
  const views = new Set([text]);
  let last = [text];
  for (let depth = 0; depth < DEPTH; depth++) {
    last = last.flatMap((view) => [percentDecoded(view), jsonUnescaped(view)])
      .filter((view) => !views.has(view));
    last = [...new Set(last)];
    for (const view of last) views.add(view);
  }
  return [...views];
}

function percentDecoded(text: string): string {
  return text.replace(/%([\da-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}

function jsonUnescaped(text: string): string {
  return text.replace(/\\(?:u([\da-f]{4})|(["\\/]))/gi, (_, hex, character) => {
    return hex === undefined ? character : String.fromCharCode(parseInt(hex, 16));
  });
}

function spellingsOf({ value, pieceLength = value.length }: Secret): string[] {
  const pieces = Array.from({ length: Math.max(1, value.length - pieceLength + 1) }, (_, at) => {
    return value.slice(at, at + pieceLength);
  });
  return [...pieces, ...base64Of(value)];
}

/** At each of the three places in a group where it can begin, less what its neighbours share in. */
function base64Of(value: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    const from = Math.ceil(before * 8 / 6);
    const to = Math.floor(bytes.length * 8 / 6);
    return [bytes.toString("base64"), bytes.toString("base64url")].map((text) =>
      text.slice(from, to)
    );
  });
}
