/** Tells from its bytes that a key of a JSON body means nothing where models are looked for, as nearly none does. */
import { PARTS_OF_MEANT } from "../dialect/model_names.ts";

/**
 * Whether the key at bytes [start, end), quotes included, has such a name in it; also where it has a byte
 * of which nobody can tell without decoding it. In one pass over its bytes, whatever they are.
 */
export function mayNameModel(body: Uint8Array, start: number, end: number): boolean {
  if (end - start < SHORTEST) return false;
  let state = 0;
  for (let at = start + 1; at < end - 1; at++) {
    const sign = SIGNS[body[at] ?? 0] ?? ODD;
    if (sign === SEPARATOR) continue;
    if (sign === ODD) return true;
    state = NEXT[state * LETTERS + sign] ?? 0;
    if (state === FOUND) return true;
  }
  return false;
}

/** Whether the key is `type`, in any case. */
export function isType(body: Uint8Array, start: number, end: number): boolean {
  return end - start === TYPE.length + 2 &&
    TYPE.every((letter, index) => ((body[start + 1 + index] ?? 0) | LOWER_CASE) === letter);
}

const LOWER_CASE = 0x20;
const TYPE = new TextEncoder().encode("type");

const SHORTEST = 2 + Math.min(...PARTS_OF_MEANT.map(({ length }) => length));

/** Letters are 0 to 25; a digit is in no such name, and ends what was begun. */
const LETTERS = 27;
const DIGIT = 26;
const SEPARATOR = 27;
const ODD = 28;
const FOUND = 255;

const SIGNS = Uint8Array.from({ length: 256 }, (_, byte) => signOf(String.fromCharCode(byte)));

function signOf(character: string): number {
  if (/[a-z]/i.test(character)) return character.toLowerCase().charCodeAt(0) - 97;
  if (/\d/.test(character)) return DIGIT;
  return /[_-]/.test(character) ? SEPARATOR : ODD;
}

/** What was read of the names so far, as states: the longest end of it with which some name begins. */
const NEXT = transitions(PARTS_OF_MEANT);

function transitions(names: readonly string[]): Uint8Array {
  const begun = [...new Set(names.flatMap((name) => [...name].map((_, at) => name.slice(0, at))))]
    .sort((a, b) => a.length - b.length);
  const stateAfter = (text: string): number => {
    if (names.some((name) => text.endsWith(name))) return FOUND;
    const ends = begun.filter((beginning) => text.endsWith(beginning));
    return begun.indexOf(ends.at(-1) ?? "");
  };
  return Uint8Array.from(begun.flatMap((beginning) => {
    return Array.from({ length: LETTERS }, (_, letter) => {
      return letter === DIGIT ? 0 : stateAfter(beginning + String.fromCharCode(97 + letter));
    });
  }));
}
