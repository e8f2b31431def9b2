import { closest, distance } from "fastest-levenshtein";

/** `; did you mean "url"?` when a known name is close enough to be meant, else nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (known.length === 0 || name.length > 100) return "";
  const candidate = closest(name, known);
  const edits = distance(name, candidate);
  const near = edits < name.length && edits <= Math.max(1, Math.floor(name.length / 3));
  return near ? `; did you mean ${JSON.stringify(candidate)}?` : "";
}

/** Longer words are compared by their start; comparing costs the product of the lengths. */
const COMPARED_CHARACTERS = 100;

/** The `count` candidates closest to a word, closest first; a part of the word or around it is close. */
export function nearestNames(
  word: string,
  candidates: readonly string[],
  { count }: { readonly count: number },
): string[] {
  const wanted = word.slice(0, COMPARED_CHARACTERS).toLowerCase();
  const ranked = comparable(wanted, candidates).map((name) => ({
    name,
    far: farness(wanted, name.toLowerCase()),
  }));
  ranked.sort((a, b) => a.far - b.far);
  return ranked.slice(0, count).map(({ name }) => name);
}

/** So many are compared in some milliseconds. */
const MOST_COMPARED = 1000;

/** Of very many, those that begin as the word does come first. */
function comparable(wanted: string, candidates: readonly string[]): readonly string[] {
  if (candidates.length <= MOST_COMPARED) return candidates;
  const start = wanted.slice(0, 1);
  const alike = candidates.filter((name) => name.slice(0, 1).toLowerCase() === start);
  return [...alike, ...candidates.slice(0, MOST_COMPARED)].slice(0, MOST_COMPARED);
}

function farness(word: string, name: string): number {
  const contained = word !== "" && (name.includes(word) || word.includes(name));
  return contained ? 0 : distance(word, name);
}
