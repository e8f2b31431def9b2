/** `deno task bench`: this proxy beside others, in one run; see {@link USAGE}. */
import { type Arguments, parseArguments, USAGE } from "./arguments.ts";
import { documentOf } from "./document.ts";
import { FULL, QUICK } from "./effort.ts";
import { raiseDescriptors, takeCores } from "./machine/cores.ts";
import { machineFacts } from "./machine/facts.ts";
import { Workplace } from "./machine/workplace.ts";
import { runBench } from "./run_bench.ts";
import { figuresTable, ratiosTable } from "./table.ts";

const PAGE = new URL("../../docs/benchmarks.md", import.meta.url);
const INTERRUPTED = 130;

const parsed = parseArguments(Deno.args);
if (parsed.kind === "usage") {
  say(`${parsed.message}\n\n${USAGE}`);
  Deno.exit(2);
}
const stopped = Promise.withResolvers<number>();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => stopped.resolve(INTERRUPTED));
}
const workplace = await Workplace.make();
let status = 1;
try {
  status = await Promise.race([bench(parsed, workplace).catch(explain), stopped.promise]);
} finally {
  await workplace[Symbol.asyncDispose]();
}
Deno.exit(status);

/** @returns the exit status */
async function bench(args: Arguments, workplace: Workplace): Promise<number> {
  const { quick, only, rows, write } = args;
  const cores = await takeCores();
  if (cores.proxies === undefined) say("Nothing is pinned: there is one core, or no taskset.");
  const descriptors = await raiseDescriptors();
  const effort = quick ? QUICK : FULL;
  const run = { only, rows, effort, cores, descriptors, workplace, say };
  const { results, versions, faults } = await runBench(run);
  say(`\n${figuresTable(results)}\n\n${ratiosTable(results)}\n`);
  for (const remark of results.remarks) say(remark);
  const status = faults.length === 0 ? 0 : 1;
  if (!write) return status;
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
  return status;
}

/** Says why there are no results. @returns the exit status */
function explain(cause: unknown): number {
  for (let each = cause; each instanceof Error; each = each.cause) say(`bench: ${each.message}`);
  return 1;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
