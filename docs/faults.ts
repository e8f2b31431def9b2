/** Writes docs/faults.md from what the tests of faults say of themselves: `deno task docs`. */

const TESTS = new URL("../tests/faults/", import.meta.url);

const INTRODUCTION = `# Faults that are tried

What backends, callers and the way between them do wrong, each done to a real proxy by a test, end to end. What follows from
a failure, and why, is in [failures.md](failures.md); numbers like F047 are those that tests of the same catalogue carry in
their names. \`deno task test tests/faults\` runs them all, and [\`llm-proxy drill\`](operations.md#see-fallback-before-the-outage)
shows some of them on your own proxy.

| what goes wrong | test |
| --------------- | ---- |
`;

/** The page's text: a row for each file of tests, by the first sentence of its first comment. */
export function faultsPage(): string {
  const names = [...Deno.readDirSync(TESTS)].map(({ name }) => name)
    .filter((name) => name.endsWith("_test.ts")).toSorted();
  return INTRODUCTION +
    names.map((name) => `| ${subjectOf(name)} | [${name}](../tests/faults/${name}) |\n`).join("");
}

function subjectOf(name: string): string {
  const text = Deno.readTextFileSync(new URL(name, TESTS));
  const [, comment = ""] = /^\/\*\*(.*?)\*\//s.exec(text) ?? [];
  const words = comment.replaceAll(/\n \* ?/g, " ").replace(
    /^.*?of the fault catalogue:\s+|^\s*Section \d+: /s,
    "",
  ).trim();
  const [sentence = ""] = words.split(/(?<=[.!?]) (?=[A-Z\`])/);
  return sentence.replace(/^./, (letter) => letter.toUpperCase()).replaceAll("|", "\\|");
}

if (import.meta.main) {
  await Deno.writeTextFile(new URL("faults.md", import.meta.url), faultsPage());
}
