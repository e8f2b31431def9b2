/** What is to be masked of a text: places in it, in order, none in another. */
import type { Found } from "./needle_search.ts";

export interface Find {
  readonly start: number;
  readonly end: number;
  readonly mask: string;
}

/** Finds of one search, which come in the order in which they begin. */
export class FindList {
  readonly finds: Find[] = [];

  readonly add: Found = (start, end, mask) => {
    if (end > start) this.finds.push({ start, end, mask });
  };
}

/** All of them in order. What overlaps becomes one: masked like the one that holds the others, or wholly. */
export function merged(lists: readonly (readonly Find[])[]): Find[] {
  const inOrder = inOrderOf(lists.filter(({ length }) => length > 0));
  const whole: Find[] = [];
  for (const find of inOrder) {
    const last = whole.at(-1);
    if (last === undefined || find.start >= last.end) whole.push(find);
    else if (find.end > last.end) {
      const holdsLast = find.start === last.start;
      const mask = holdsLast ? find.mask : "****";
      whole[whole.length - 1] = { start: last.start, end: find.end, mask };
    }
  }
  return whole;
}

/** Pairs of lists, then pairs of those: each find is moved as often as the number of lists has digits. */
function inOrderOf(lists: readonly (readonly Find[])[]): readonly Find[] {
  if (lists.length <= 1) return lists[0] ?? [];
  const middle = lists.length >> 1;
  return mergedPair(inOrderOf(lists.slice(0, middle)), inOrderOf(lists.slice(middle)));
}

function mergedPair(a: readonly Find[], b: readonly Find[]): Find[] {
  const result: Find[] = [];
  let [atA, atB] = [0, 0];
  while (atA < a.length || atB < b.length) {
    const [nextA, nextB] = [a[atA], b[atB]];
    if (nextB === undefined || (nextA !== undefined && nextA.start <= nextB.start)) {
      if (nextA !== undefined) result.push(nextA);
      atA++;
    } else {
      result.push(nextB);
      atB++;
    }
  }
  return result;
}
