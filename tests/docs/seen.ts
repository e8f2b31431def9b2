/** Whether what a page shows was seen. */
import assert from "node:assert/strict";

/** What is another each time: times, ids, counts with a unit, how a table is aligned. */
function settled(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "#").replaceAll(/\[[0-9a-f]{8}\]/g, "[#]")
    .replaceAll(/\b\d\d:\d\d:\d\dZ/g, "#").replaceAll(/\b[\d.]+ (?=(?:ms|s|bytes)\b)/g, "# ")
    .replaceAll(/[ \t]+/g, " ");
}

/** Each line that is shown must be there, in any order; `…` stands for anything within a line. */
export function lookFor(shown: string, output: string): void {
  const there = settled(output);
  for (const line of shown.split("\n")) {
    if (line.trim() === "" || line.startsWith("$ ")) continue;
    const parts = settled(line).trim().split("…").map((part) =>
      part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")
    );
    assert.match(there, new RegExp(parts.join(".*")), `not seen: ${line}\n${there}`);
  }
}
