/** `to` stands in the list of `from`. */
export interface Link {
  readonly from: string;
  readonly to: string;
}

export interface Cycle<L extends Link> {
  /** The link that leads back. */
  readonly closing: L;
  /** Each name once, from where the closing link leads to where it stands. */
  readonly names: readonly string[];
}

/**
 * The links that close a cycle, found by walking from each name in the order of the links. Without
 * these links there is no cycle; each link is walked once, however many ways lead to it.
 */
export function* findCycles<L extends Link>(links: readonly L[]): Iterable<Cycle<L>> {
  const linksOf = Map.groupBy(links, ({ from }) => from);
  const seen = new Set<string>();
  for (const start of linksOf.keys()) {
    // A list of steps in place of recursion: a chain may be longer than the stack is deep.
    const trail: Step<L>[] = [];
    const onTrail = new Set<string>();
    const enter = (name: string) => {
      seen.add(name);
      onTrail.add(name);
      trail.push({ name, left: (linksOf.get(name) ?? []).values() });
    };
    if (!seen.has(start)) enter(start);
    for (let step = trail.at(-1); step !== undefined; step = trail.at(-1)) {
      const { value: link, done } = step.left.next();
      if (done) onTrail.delete(trail.pop()?.name ?? "");
      else if (onTrail.has(link.to)) yield { closing: link, names: namesFrom(link.to, trail) };
      else if (!seen.has(link.to)) enter(link.to);
    }
  }
}

interface Step<L> {
  readonly name: string;
  readonly left: Iterator<L, undefined>;
}

function namesFrom(first: string, trail: readonly Step<unknown>[]): readonly string[] {
  const names = trail.map(({ name }) => name);
  return names.slice(names.indexOf(first));
}
