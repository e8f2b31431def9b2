/** What a parser of one value gives: the value, or why not, as the rest of a sentence about it. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

/** A value whose parser has accepted it before. Throws when it has not: that is a broken invariant. */
export function proven<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Error(`A value passed the schema and then failed: ${parsed.reason}`);
  return parsed.value;
}
