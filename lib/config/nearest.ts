import { closest, distance } from "fastest-levenshtein";

/** `; did you mean "url"?` when a known name is close enough to be meant, else nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (known.length === 0 || name.length > 100) return "";
  const candidate = closest(name, known);
  const edits = distance(name, candidate);
  const near = edits < name.length && edits <= Math.max(1, Math.floor(name.length / 3));
  return near ? `; did you mean ${JSON.stringify(candidate)}?` : "";
}
