/** Paths with control characters: what YAML makes of a Windows path between double quotes. */
import { pathSettings } from "./path_settings.ts";
import { type Fault, faultAt, type Place } from "./place.ts";

// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x1f\x7f]/;

/** A fault for each path that no file has, such as `D:\new\table.log`, of which YAML reads `\n` and `\t` as a line end and a tab. */
export function checkPathCharacters(value: unknown, root: Place): readonly Fault[] {
  return pathSettings(value).filter(({ written }) => CONTROL.test(written)).map(({ path }) => {
    return faultAt(path, { root, message: MESSAGE });
  });
}

const MESSAGE = "must be a path without control characters; between double quotes YAML reads " +
  "\\n, \\t, \\b and the like as one, so write / for \\, or single quotes";
