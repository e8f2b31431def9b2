/** Tells by its first bytes that a key of a JSON body names no model, as nearly none does. */
import { NAMES_BY_LENGTH } from "../dialect/model_names.ts";

/**
 * Whether the key at bytes [start, end), quotes included, begins as some name of a model does: what begins
 * with no plain letters might.
 */
export function mayNameModel(body: Uint8Array, start: number, end: number): boolean {
  if (end - start < SHORTEST_NAME) return false;
  let beginning = 0;
  for (let at = start + 1; at <= start + BEGINNING_LETTERS; at++) {
    const letter = (body[at] ?? 0) | LOWER_CASE;
    if (letter < LETTER_A || letter > LETTER_Z) return true;
    beginning = beginning << 8 | letter;
  }
  const shortest = BEGINNINGS.get(beginning);
  return shortest !== undefined && end - start >= shortest;
}

const BEGINNING_LETTERS = 3;
const LOWER_CASE = 0x20;
const LETTER_A = 0x61;
const LETTER_Z = 0x7a;

/** Of each beginning, as a number: the shortest name that has it, in quotes. */
const BEGINNINGS: ReadonlyMap<number, number> = new Map(
  NAMES_BY_LENGTH.toReversed().map((name) => {
    const [first = 0, second = 0, third = 0] = new TextEncoder().encode(name);
    return [first << 16 | second << 8 | third, name.length + 2] as const;
  }),
);
const SHORTEST_NAME = Math.min(...BEGINNINGS.values());
