import type { NamePattern } from "./snapshot.ts";

/**
 * One entry of a caller's `models`: `*` stands for any characters, none too; all else for itself, in
 * this case. No regular expression: callers choose the names, and each is looked through once a part.
 */
export function parseNamePattern(source: string): NamePattern {
  const parts = source.split("*");
  const [first = "", ...others] = parts;
  const last = others.pop();
  if (last === undefined) return { source, matches: (name) => name === source };
  return {
    source,
    matches(name) {
      if (!name.startsWith(first)) return false;
      const end = endOf(others, name, first.length);
      return end !== undefined && name.length - last.length >= end && name.endsWith(last);
    },
  };
}

/** Where the parts end that stand in the name in this order from `start` on; undefined if they do not. */
function endOf(parts: readonly string[], name: string, start: number): number | undefined {
  let end = start;
  for (const part of parts) {
    const at = name.indexOf(part, end);
    if (at < 0) return undefined;
    end = at + part.length;
  }
  return end;
}
