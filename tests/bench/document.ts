/** docs/benchmarks.md: made anew by each run; what a person has to say about it stands in a file beside. */
import type { Results } from "./bench.ts";
import { type Name, TITLES } from "./contestants/contestant.ts";
import { CONTESTANTS } from "./contestants/contestants.ts";
import type { MachineFacts } from "./machine/facts.ts";
import { CAVEATS } from "./caveats.ts";
import { figuresTable, numberOf, ratiosTable, tableOf } from "./table.ts";
import { standingOf, type Target, targetsOf } from "./targets.ts";

export interface DocumentOptions {
  readonly results: Results;
  readonly versions: ReadonlyMap<Name, string>;
  readonly machine: MachineFacts;
  /** Whether each program had a core of its own. */
  readonly pinned: boolean;
  /** As it was typed. */
  readonly command: string;
  readonly date: Date;
}

/** The page, as Markdown. */
export function documentOf(options: DocumentOptions): string {
  const { results, command, date } = options;
  return `# Benchmarks

Made by \`${command}\` on ${
    date.toISOString().slice(0, 10)
  }; every run writes this page anew. What was tried, and
why a row is as it is: [benchmarks-notes.md](benchmarks-notes.md).

${machineText(options)}

## Who takes part

Each is started as its file in [tests/bench/contestants/](../tests/bench/contestants/) says.

${participants(options)}

## Figures

The median of interleaved rounds. CPU is user and system time of all the contestant's processes; what
is "added" is above the same figure of direct in the same round.

${figuresTable(results)}

## Ours as multiples of the others

Above 1x ours is the larger figure: worse for costs, better for rates.

${ratiosTable(results)}

## Targets

Set before anything was measured. "At least" is the bound, "aim" the wish; 0.20x is five times better.

${targetsTable(targetsOf(results))}

## What the figures hold, and what they leave out

${[...CAVEATS, ...results.remarks].map((line) => `- ${line}`).join("\n")}

## Run it

\`\`\`bash
apt-get install nginx-light haproxy golang-go   # what is not there is left out, with a line that says so
deno task compile                               # for the row of the one-file binary
deno task bench                                 # --quick: one short round; --only, --rows: a part of it

# What a change did, in one run with the code before it:
LLM_PROXY_BEFORE=/path/to/another/checkout/main.ts deno task bench --only ours,before --rows cpu1k
\`\`\`
`;
}

function machineText({ machine, pinned }: DocumentOptions): string {
  const { cpu, cores, memoryGb, kernel } = machine;
  const where = pinned
    ? "the contestant under load on core 0, the load and the scripted backend on core 1"
    : "nothing pinned";
  return `${cpu}, ${cores} cores, ${numberOf(memoryGb, 0)} GB, Linux ${kernel}; ${where}.`;
}

function participants({ versions }: DocumentOptions): string {
  const rows = CONTESTANTS.filter(({ name }) => versions.has(name)).map(({ name, work }) => {
    return [TITLES[name], versions.get(name) ?? "", work];
  });
  return tableOf(["", "version", "what it does with a request"], rows, "left");
}

function targetsTable(targets: readonly Target[]): string {
  const rows = targets.map((target) => {
    const { label, unit, atLeast, aim, measured } = target;
    const text = (value: number | undefined) => value === undefined ? "" : valueText(value, unit);
    return [label, text(atLeast), text(aim), text(measured), standingOf(target)];
  });
  return tableOf(["", "at least", "aim", "measured", ""], rows);
}

function valueText(value: number, unit: Target["unit"]): string {
  if (unit === "x") return `${numberOf(value, 2)}x`;
  return `${numberOf(value, unit === "ms" ? 2 : 0)} ${unit}`;
}
