import { list, type Mapping, mapping } from "./loose.ts";
import { findPlace, type Place } from "./place.ts";
import type { Path } from "./problem.ts";

/** A backend as written, whatever is wrong with it. */
export interface SeenBackend {
  readonly name: unknown;
  readonly value: Mapping;
  readonly path: Path;
  readonly namePlace: Place;
}

/** The backends of a configuration whose shape has not been checked, in the order of the text. */
export function seenBackends(value: unknown, root: Place): readonly SeenBackend[] {
  return list(mapping(value).backends).map((entry, index) => {
    const path = ["backends", index];
    const { place } = findPlace(root, [...path, "name"]);
    return { name: mapping(entry).name, value: mapping(entry), path, namePlace: place };
  });
}
