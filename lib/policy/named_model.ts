/** Which of the places that name a model decides, and what the others may say. */
import type { Problem } from "../dialect/dialect.ts";
import type { ModelPlace } from "../wire/model_place.ts";
import { modelNotText, modelsDisagree, pathUnclear } from "./refusals.ts";

/** The model that a request names. */
export interface NamedModel {
  readonly kind: "named";
  readonly name: string;
  /** Every place that says so, or is to say so. */
  readonly places: readonly ModelPlace[];
}

export interface Unnameable {
  readonly kind: "unnameable";
  readonly problem: Problem;
}

/**
 * The path decides, then the query, then the body; of several in one of these the last. Another of
 * these must name the same, or nothing: else we would route by one, and the backend might read the
 * other. See docs/decisions/0011. Undefined where no place names a model.
 *
 * @param places those of the path first, then those of the query
 */
export function namedModel(places: readonly ModelPlace[]): NamedModel | Unnameable | undefined {
  if (places.length === 0) return undefined;
  const speaking = places.filter(({ name }) => name !== "");
  const deciding = speaking.findLast(({ kind }) => kind === speaking[0]?.kind);
  if (deciding === undefined) return unnameable(modelNotText());
  const { name } = deciding;
  if (name === undefined) {
    return unnameable(deciding.kind === "path" ? pathUnclear() : modelNotText());
  }
  const named: NamedModel = { kind: "named", name, places: speaking };
  if (ignoresOthers(deciding)) return named;
  const other = speaking.find((place) => place.kind !== deciding.kind && place.name !== name);
  if (other === undefined) return named;
  return unnameable(other.name === undefined ? modelNotText() : modelsDisagree(deciding, other));
}

function ignoresOthers(place: ModelPlace): boolean {
  return place.kind === "path" && place.elsewhere === "ignored";
}

function unnameable(problem: Problem): Unnameable {
  return { kind: "unnameable", problem };
}
