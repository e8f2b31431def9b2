/** Differences that are documented nowhere, for a person to look at. */
import type { Buffer } from "node:buffer";

export interface Unexpected {
  /** What differs: `body`, `field x-list`, `target` … */
  readonly where: string;
  /** Offset of the first byte that differs. */
  readonly at: number;
  /** How many bytes differ. */
  readonly bytes: number;
  /** Short and printable: what should stand there, and what does. */
  readonly expected: string;
  readonly got: string;
}

/** How two pieces of bytes differ, in what lies between their common ends; undefined where they do not. */
export function bytesDiffer(where: string, expected: Buffer, got: Buffer): Unexpected | undefined {
  if (expected.equals(got)) return undefined;
  const shortest = Math.min(expected.length, got.length);
  let at = 0;
  while (at < shortest && expected[at] === got[at]) at++;
  let same = 0;
  while (same < shortest - at && expected.at(-1 - same) === got.at(-1 - same)) same++;
  const bytes = Math.max(expected.length, got.length) - at - same;
  return { where, at, bytes, expected: excerpt(expected, at), got: excerpt(got, at) };
}

/** The same for text of one byte a character. */
export function textDiffers(where: string, expected: string, got: string): Unexpected | undefined {
  if (expected === got) return undefined;
  let at = 0;
  while (expected[at] === got[at]) at++;
  const bytes = Math.max(expected.length, got.length) - at;
  return { where, at, bytes, expected: shown(expected), got: shown(got) };
}

const EXCERPT_BYTES = 40;

function excerpt(bytes: Buffer, at: number): string {
  const from = Math.max(0, at - EXCERPT_BYTES / 2);
  return shown(bytes.toString("latin1", from, at + EXCERPT_BYTES));
}

/** ASCII on one line, whatever it was. */
export function shown(text: string): string {
  const start = text.slice(0, 2 * EXCERPT_BYTES);
  return JSON.stringify(start).replace(/[^ -~]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  }) + (start === text ? "" : "…");
}
