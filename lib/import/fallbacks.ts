/** Aliases that stand in for others, without those that would lead back. */
import type { Entry } from "./entry.ts";

export interface Step {
  readonly to: string;
  readonly entry: Entry;
}

/** Each is followed through all before it. */
const MOST_STEPS = 5000;

/**
 * What of it ours can have: aliases that are there, each once, and no way back to where it began. The
 * rest is noted where it stands.
 */
export function withoutCycles(
  steps: ReadonlyMap<string, readonly Step[]>,
): ReadonlyMap<string, readonly string[]> {
  const kept = new Map<string, string[]>([...steps.keys()].map((name) => [name, []]));
  let looked = 0;
  for (const [from, all] of steps) {
    for (const { to, entry } of all) {
      if (++looked > MOST_STEPS) {
        entry.use();
        entry.notes.addOnce(
          entry,
          `more than ${MOST_STEPS} fallbacks are not looked at; write it by hand`,
        );
        continue;
      }
      const own = kept.get(from) ?? [];
      if (own.includes(to)) continue;
      const why = whyNot({ from, to }, kept);
      if (why === undefined) own.push(to);
      else entry.note(why);
    }
  }
  return kept;
}

function whyNot(
  { from, to }: { readonly from: string; readonly to: string },
  kept: ReadonlyMap<string, readonly string[]>,
): string | undefined {
  if (!kept.has(to)) {
    return "no route of that model was carried over, so nothing can fall back to it; add one";
  }
  if (!leadsTo(from, to, kept)) return undefined;
  return "it would lead an alias back to itself, which is an error here; left out: the other direction stays";
}

/** Whether `target` is `start`, or comes after it. */
function leadsTo(
  target: string,
  start: string,
  steps: ReadonlyMap<string, readonly string[]>,
): boolean {
  const seen = new Set<string>();
  const open = [start];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === target) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...steps.get(name) ?? []);
  }
  return false;
}
