/** Values deeper in a JSON body, found without parsing it. */
import type { JsonPath } from "../dialect/dialect.ts";
import { elementsIn } from "./json_list.ts";
import { MOST_REPEATS, scanInSteps } from "./json_scan.ts";
import type { Span } from "./json_string.ts";
import { WantedKeys } from "./wanted_keys.ts";
import type { Steps } from "./turns.ts";

/** The values at a path below the value at `span`, in the order written; no more than `MOST_REPEATS`. */
export function* valuesAt(body: Uint8Array, span: Span, path: JsonPath): Steps<Span[]> {
  const [step, ...rest] = path;
  if (step === undefined) return [span];
  const found: Span[] = [];
  const inner = step === "*"
    ? elementsIn(body, span)
    : (yield* membersIn(body, span, step)).values();
  for (const each of inner) {
    if (each === undefined) yield;
    else found.push(...yield* valuesAt(body, each, rest));
    if (found.length >= MOST_REPEATS) return found.slice(0, MOST_REPEATS);
  }
  return found;
}

function* membersIn(
  body: Uint8Array,
  { start, end }: Span,
  spellings: readonly string[],
): Steps<Span[]> {
  const scan = yield* scanInSteps(body.subarray(start, end), new WantedKeys(spellings));
  if (scan.kind !== "object") return [];
  return [...scan.members.values()].flat()
    .map((found) => ({ start: start + found.start, end: start + found.end }));
}
