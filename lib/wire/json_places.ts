/** Values deeper in a JSON body, found without parsing it. */
import type { JsonPath } from "../dialect/dialect.ts";
import { elementsIn } from "./json_list.ts";
import { scanTopLevel, type Span, WantedKeys } from "./json_scan.ts";

/** The values at a path below the value at `span`, in the order written. */
export function valuesAt(body: Uint8Array, span: Span, path: JsonPath): Span[] {
  const [step, ...rest] = path;
  if (step === undefined) return [span];
  const inner = step === "*" ? elementsIn(body, span) : membersIn(body, span, step);
  return [...inner].flatMap((each) => valuesAt(body, each, rest));
}

function membersIn(body: Uint8Array, { start, end }: Span, spellings: readonly string[]): Span[] {
  const scan = scanTopLevel(body.subarray(start, end), new WantedKeys(spellings));
  if (scan.kind !== "object") return [];
  return [...scan.members.values()].flat()
    .map((found) => ({ start: start + found.start, end: start + found.end }));
}
