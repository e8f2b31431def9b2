/** A value held against the models that its caller may use, by what its name means. */
import { isHarmlessPlugin, isHarmlessTool, type NameMeaning } from "../dialect/model_names.ts";
import { type Allows, type ModelFinding, unclear } from "./model_finding.ts";

/**
 * Why it may not stand there; undefined where it may. An empty one says nothing.
 *
 * @param value undefined where it is no text, or too long for a name
 * @param where the member or parameter, for a person
 */
export function heldValue(
  value: string | undefined,
  { meaning, where, allows }: {
    readonly meaning: NameMeaning;
    readonly where: string;
    readonly allows: Allows;
  },
): ModelFinding | undefined {
  if (value === "" || meaning === "none") return undefined;
  const isFine = value !== undefined && FINE[meaning](value, allows);
  if (isFine) return undefined;
  return meaning === "model" ? { kind: "other_model", name: value, where } : unclear(
    `${where} may ${MAY[meaning]}. Leave it out`,
  );
}

type Held = Exclude<NameMeaning, "none">;

const FINE: Readonly<Record<Held, (value: string, allows: Allows) => boolean>> = {
  model: (value, allows) => allows(value),
  server: () => false,
  plugins: isHarmlessPlugin,
  tool: isHarmlessTool,
};

const MAY: Readonly<Record<Exclude<Held, "model">, string>> = {
  server: "send the call to another server",
  plugins: "have a plugin choose other models",
  tool: "have a gateway's tool choose other models",
};
