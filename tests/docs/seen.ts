/** Whether what a page shows was seen. */

/** What is another each time: times, ids, counts with a unit, how a table is aligned. */
function settled(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "#").replaceAll(/\[[0-9a-f]{8}\]/g, "[#]")
    .replaceAll(/\b\d\d:\d\d:\d\dZ/g, "#").replaceAll(/\b[\d.]+ (?=(?:ms|s|bytes)\b)/g, "# ")
    .replaceAll(/[ \t]+/g, " ");
}

/** Lines that are shown and are not there, in whatever order; `…` stands for anything within a line. */
export function missingOf(shown: string, output: string): readonly string[] {
  const there = settled(output);
  return shown.split("\n").filter((line) => {
    if (line.trim() === "" || line.startsWith("$ ")) return false;
    const parts = settled(line).trim().split("…").map((part) =>
      part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")
    );
    return !new RegExp(parts.join(".*")).test(there);
  });
}
