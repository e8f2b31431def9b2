/** `deno task bench`: this proxy beside others, in one run; see {@link USAGE}. */
import { type Arguments, parseArguments, USAGE } from "./arguments.ts";
import type { Effort } from "./bench.ts";
import { documentOf } from "./document.ts";
import { machineFacts } from "./machine/facts.ts";
import { raiseDescriptors, takeCores } from "./machine/cores.ts";
import { Processes } from "./machine/started.ts";
import { runBench } from "./run_bench.ts";
import { figuresTable, ratiosTable } from "./table.ts";

const FULL: Effort = {
  rounds: 3,
  seconds: 2,
  warmUpSeconds: 2,
  memorySeconds: 10,
  settleMs: 250,
  restMs: 3_000,
  streams: 10_000,
};
const QUICK: Effort = {
  rounds: 1,
  seconds: 0.5,
  warmUpSeconds: 0.5,
  memorySeconds: 2,
  settleMs: 250,
  restMs: 1_000,
  streams: 500,
};

const PAGE = new URL("../../docs/benchmarks.md", import.meta.url);

const parsed = parseArguments(Deno.args);
if (parsed.kind === "usage") {
  say(`${parsed.message}\n\n${USAGE}`);
  Deno.exit(2);
}
await using processes = new Processes();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => {
    processes[Symbol.asyncDispose]().finally(() => Deno.exit(1));
  });
}
await bench(parsed);

async function bench({ quick, only, rows, write }: Arguments): Promise<void> {
  const cores = await takeCores();
  if (cores.proxies === undefined) say("Nothing is pinned: there is one core, or no taskset.");
  const descriptors = await raiseDescriptors();
  const effort = quick ? QUICK : FULL;
  const { results, versions } = await runBench({
    only,
    rows,
    effort,
    cores,
    descriptors,
    processes,
    say,
  });
  say(`\n${figuresTable(results)}\n\n${ratiosTable(results)}\n`);
  for (const remark of results.remarks) say(remark);
  if (!write) return;
  const page = documentOf({
    results,
    versions,
    machine: machineFacts(),
    pinned: cores.proxies !== undefined,
    command: ["deno task bench", ...Deno.args].join(" "),
    date: new Date(),
  });
  await Deno.writeTextFile(PAGE, page);
  say("docs/benchmarks.md is written.");
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
