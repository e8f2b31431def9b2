import type { Path } from "./problem.ts";

/** Puts another value in a place of a tree of plain values; gives whether there is such a place. */
export function setAt(
  root: unknown,
  { path, to }: { readonly path: Path; readonly to: unknown },
): boolean {
  const key = path.at(-1);
  const parent = path.slice(0, -1).reduce(
    (inside: unknown, step) => isObject(inside) ? Reflect.get(inside, step) : undefined,
    root,
  );
  return key !== undefined && isObject(parent) && Reflect.set(parent, key, to);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
