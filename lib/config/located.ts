/** Faults as problems: with line and column, and no more of them than anybody reads. */
import type { Fault } from "./place.ts";
import { positionAt } from "./position.ts";
import { formatPath, type Problem } from "./problem.ts";

const MAX_PROBLEMS = 100;

/** A fault as a problem of that file. */
export function toProblem(
  { offset, path, message }: Fault,
  { text, file }: { readonly text: string; readonly file: string },
): Problem {
  return { file, ...positionAt(text, offset), path: formatPath(path), message };
}

/** The first hundred in the order of the text, and how many more there are. */
export function limited(
  faults: readonly Fault[],
  locate: (fault: Fault) => Problem,
): readonly Problem[] {
  const sorted = inOrder(faults);
  const problems = sorted.slice(0, MAX_PROBLEMS).map(locate);
  const [more] = sorted.slice(MAX_PROBLEMS);
  if (more === undefined) return problems;
  const message = `and ${sorted.length - MAX_PROBLEMS} more errors from here on`;
  return [...problems, { ...locate(more), path: "", message }];
}

/** In the order of the text. */
export function inOrder(faults: readonly Fault[]): readonly Fault[] {
  return faults.toSorted((one, other) => one.offset - other.offset);
}
