/** How a value of a JSON body is read where other models are looked for: by its member's name and what holds it. */
import {
  isPlainlyModels,
  meaningOf,
  type NameMeaning,
  namesOne,
  type Region,
} from "../dialect/model_names.ts";

/** How a value is read. */
export interface Reading {
  readonly region: Region;
  /** Of every string in it, at any depth; of plugins, of those that say which it is. */
  readonly meaning: NameMeaning;
  /** Whether keys of the object, or of objects in the list, may be models, too. */
  readonly namesKeys: boolean;
  /** The member that means so, for a person. */
  readonly where: string;
}

/** Made once: nearly every value is read as one of these. */
export const NO_NAME: Readonly<Record<Region, Reading>> = {
  plain: noName("plain"),
  conversation: noName("conversation"),
  schema: noName("schema"),
  opaque: noName("opaque"),
};

function noName(region: Region): Reading {
  return { region, meaning: "none", namesKeys: false, where: "" };
}

/** Whether every string in it means so, whatever its members are called. */
export function meansAll({ meaning }: Reading): boolean {
  return meaning === "model" || meaning === "server";
}

export interface Member {
  readonly outer: Reading;
  readonly region: Region;
  /** Whether its value is a list or an object. */
  readonly holds: boolean;
}

/** How the value of a member of that name is read. */
export function readingOf(
  key: string,
  { outer, region, holds, where, isTop }: Member & {
    readonly where: string;
    /** Whether it is a member of the body itself. */
    readonly isTop: boolean;
  },
): Reading {
  const isOne = outer.meaning === "plugins" && namesOne(key);
  const meaning = isOne ? "plugins" : meaningOf(key, isTop);
  if (meaning === "none") return NO_NAME[region];
  const namesKeys = holds && meaning === "model" && (isTop || isPlainlyModels(key));
  return { region, meaning, namesKeys, where };
}
