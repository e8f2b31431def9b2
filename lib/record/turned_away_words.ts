/** What the general log says of a request that the door turned away: what came, and what to do about it. */
import type { Problem } from "../dialect/dialect.ts";
import type { Presented } from "../wire/credentials.ts";
import type { Incoming } from "../wire/incoming.ts";
import { pathOf } from "../wire/receive.ts";
import { maskCredential } from "./mask_secret.ts";
import { plainStart } from "./plain_text.ts";

export interface TurnedAway extends Pick<Incoming, "caller" | "method" | "target"> {
  readonly problem: Problem;
  /** What it presented as its keys, where that is why. */
  readonly presented: readonly Presented[];
}

/** Of several keys that were presented, so many are shown. */
const MOST_SHOWN = 3;

/** Never shows a key whole, whatever else is masked. */
export function turnedAwayWords(
  { caller, method, target, problem, presented }: TurnedAway,
): string {
  const { status, code } = problem;
  const request = `${plainStart(method)} ${plainStart(pathOf(target))}`;
  const words = WORDS[code]?.(presented) ?? `: ${problem.message}`;
  return `Turned away ${caller}: ${status} ${code}. ${request}${words}`;
}

/** Where what a caller is told is not what the operator needs. */
const WORDS: Readonly<Record<string, (presented: readonly Presented[]) => string>> = {
  missing_key: () =>
    " came without a key. Put the key of one of the configuration's clients into its program, which may send " +
    "it as Authorization: Bearer, x-api-key, x-goog-api-key, api-key or ?key=.",
  unknown_key: (presented) =>
    ` came with ${shown(presented)}, which none of the configuration's clients has. Put a key of ` +
    "theirs into its program, or add this one to clients.",
};

function shown(presented: readonly Presented[]): string {
  const keys = presented.slice(0, MOST_SHOWN).map(({ place, credential }) => {
    return `the key ${maskCredential(credential)} (${place})`;
  });
  const more = presented.length - keys.length;
  return keys.join(" and ") + (more > 0 ? ` and ${more} more` : "");
}
