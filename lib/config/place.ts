import type { Path } from "./problem.ts";

/** Where a value was written. */
export interface Place {
  readonly offset: number;
  /** Of its key, in a mapping; else the same as `offset`. */
  readonly keyOffset: number;
  /** As a message shows it, before placeholders were replaced. */
  readonly written: string;
  readonly inside: ReadonlyMap<PropertyKey, Place>;
}

/** Something wrong at a character offset of the text. */
export interface Fault {
  readonly offset: number;
  readonly path: Path;
  readonly message: string;
}

/** The place of a value, or of the nearest one around it that was written. */
export function findPlace(root: Place, path: Path): { place: Place; found: boolean } {
  let place = root;
  for (const step of path) {
    const next = place.inside.get(step);
    if (next === undefined) return { place, found: false };
    place = next;
  }
  return { place, found: true };
}

/** A fault at the place of a value, or at the nearest one around it that was written. */
export function faultAt(
  path: Path,
  { root, message }: { readonly root: Place; readonly message: string },
): Fault {
  return { offset: findPlace(root, path).place.offset, path, message };
}
