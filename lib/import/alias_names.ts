/** Names that an alias can have. */
import { invisibleIn } from "../config/odd_characters.ts";
import { isReserved } from "../config/reserved_names.ts";

/** Why no alias can be called so; undefined where one can. */
export function refusedName(name: string): string | undefined {
  if (name === "") return "its name is empty";
  const odd = invisibleIn(name);
  if (odd !== undefined) return `its name holds ${odd}`;
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  if (/[\0-\x1f\x7f]/.test(name) || !name.isWellFormed()) {
    return "its name holds a character that is no text";
  }
  if (name === "<<" || isReserved(name)) return "its name is reserved";
  return undefined;
}
