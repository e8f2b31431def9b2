import { didYouMean, nearestNames } from "./nearest.ts";
import { nameInLine } from "./problem.ts";

export interface NameHintOptions {
  readonly known: readonly string[];
  /** What they are, such as `backends`. */
  readonly kind: string;
  /** How many hints were given before this one. */
  readonly before: number;
}

/** Most problems that are shown; comparing takes too long to be done for thousands. */
const MAX_HINTS = 100;
const MAX_LISTED = 10;

/** The end of a sentence about an unknown name: the one that was meant, else those there are. */
export function nameHint(name: string, { known, kind, before }: NameHintOptions): string {
  if (known.length === 0 || before >= MAX_HINTS) return "";
  const meant = didYouMean(name, known);
  if (meant !== "") return meant;
  const all = known.length <= MAX_LISTED;
  const listed = all ? known : nearestNames(name, known, { count: MAX_LISTED });
  return `; the ${all ? "" : "nearest "}${kind} are ${listed.map(nameInLine).join(", ")}`;
}
