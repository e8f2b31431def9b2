/** Who belongs to whom: a matching in which as many as possible have a partner of their own. */

/**
 * @param choices for each of the first kind, the partners it can have
 * @returns the partner of each; undefined where none is left for it
 */
export function pair<T>(choices: readonly (readonly T[])[]): (T | undefined)[] {
  const takenBy = new Map<T, number>();
  const place = (index: number, seen: Set<T>): boolean => {
    for (const choice of choices[index] ?? []) {
      if (seen.has(choice)) continue;
      seen.add(choice);
      const holder = takenBy.get(choice);
      if (holder !== undefined && !place(holder, seen)) continue;
      takenBy.set(choice, index);
      return true;
    }
    return false;
  };
  choices.forEach((_, index) => place(index, new Set()));
  const partners = choices.map((): T | undefined => undefined);
  for (const [choice, index] of takenBy) partners[index] = choice;
  return partners;
}
