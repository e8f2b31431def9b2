/** The bench from the first process to the last figure. */
import { fileURLToPath } from "node:url";
import { type Bench, type Effort, Results } from "./bench.ts";
import type { Contestant, Name, Running, StartContestant } from "./contestants/contestant.ts";
import { CONTESTANTS } from "./contestants/contestants.ts";
import type { Cores } from "./machine/cores.ts";
import { Processes } from "./machine/started.ts";
import { type MeasureName, MEASURES } from "./measures/measure.ts";

export interface BenchOptions {
  readonly only: readonly Name[];
  readonly rows: readonly MeasureName[];
  readonly effort: Effort;
  readonly cores: Cores;
  /** Open files a process may have. */
  readonly descriptors: number;
  readonly processes: Processes;
  readonly say: (line: string) => void;
}

export interface BenchResult {
  readonly results: Results;
  readonly versions: ReadonlyMap<Name, string>;
}

const BACKEND = fileURLToPath(new URL("./upstream/main.ts", import.meta.url));

/** @throws Error when a program does not start or a reply is wrong */
export async function runBench(options: BenchOptions): Promise<BenchResult> {
  const { processes, effort, rows, say } = options;
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-bench-" });
  const results = new Results();
  try {
    const { contestants, versions } = await findContestants(options, results);
    const fresh = starter(options, directory, await startBackend(options));
    const running: Running[] = [];
    for (const [name, contestant] of contestants) {
      running.push(await contestant.start(await fresh(name)));
    }
    const bench: Bench = { effort, contestants, running, results, fresh, say };
    for (const row of rows) {
      const { title, take } = MEASURES[row];
      say(`${row}: ${title}`);
      await take(bench);
    }
    return { results, versions };
  } finally {
    await processes[Symbol.asyncDispose]();
    await Deno.remove(directory, { recursive: true });
  }
}

async function findContestants({ only, say }: BenchOptions, results: Results) {
  const contestants = new Map<Name, Contestant>();
  const versions = new Map<Name, string>();
  for (const contestant of CONTESTANTS.filter(({ name }) => only.includes(name))) {
    const found = await contestant.find();
    if (found.kind === "found") {
      contestants.set(contestant.name, contestant);
      versions.set(contestant.name, found.version);
    } else {
      const line = `${contestant.name} is left out: it is not here. To have it: ${found.advice}`;
      results.remark(line);
      say(line);
    }
  }
  return { contestants, versions };
}

async function startBackend({ processes, cores }: BenchOptions): Promise<number> {
  const { firstLine } = processes.start({
    command: Deno.execPath(),
    args: ["run", "--no-prompt", "--allow-net", BACKEND],
    core: cores.load,
  });
  return Number((await firstLine).split(" ")[1]);
}

function starter(options: BenchOptions, directory: string, backendPort: number) {
  const { processes, cores, descriptors } = options;
  return async (name: string): Promise<StartContestant> => {
    const own = await Deno.makeTempDir({ dir: directory, prefix: `${name}-` });
    return { processes, directory: own, backendPort, core: cores.proxies, descriptors };
  };
}
