/** The bench from the first process to the last figure. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Bench, Results } from "./bench.ts";
import type { Contestant, Name, Running } from "./contestants/contestant.ts";
import { CONTESTANTS } from "./contestants/contestants.ts";
import { AUTHORITY } from "../faults/certificates.ts";
import type { Effort } from "./effort.ts";
import type { Cores } from "./machine/cores.ts";
import type { Workplace } from "./machine/workplace.ts";
import { type MeasureName, MEASURES } from "./measures/measure.ts";

export interface BenchOptions {
  readonly only: readonly Name[];
  readonly rows: readonly MeasureName[];
  readonly effort: Effort;
  readonly cores: Cores;
  /** Open files a process may have. */
  readonly descriptors: number;
  /** Where processes and files go; its maker ends it. */
  readonly workplace: Workplace;
  readonly say: (line: string) => void;
}

export interface BenchResult {
  readonly results: Results;
  readonly versions: ReadonlyMap<Name, string>;
  /** Measures that failed: a reply was wrong, or a program did not start. */
  readonly faults: readonly MeasureName[];
}

/** Proxies set memory aside by what they may have to hold: only one measure has thousands of callers. */
const USUAL_DESCRIPTORS = 2_048;
const BACKEND = fileURLToPath(new URL("./upstream/main.ts", import.meta.url));

/**
 * Takes the measures one after another; one that fails costs its rows, not the others'.
 * @throws Error when a program does not start to begin with
 */
export async function runBench(options: BenchOptions): Promise<BenchResult> {
  const { effort, rows, descriptors, say } = options;
  const results = new Results();
  const { contestants, versions } = await findContestants(options, results);
  const fresh = starter(options, await startBackend(options));
  const running: Running[] = [];
  const faults: MeasureName[] = [];
  for (const [name, contestant] of contestants) {
    running.push(await contestant.start(await fresh(name)));
  }
  const bench: Bench = { effort, contestants, running, results, fresh, descriptors, say };
  for (const row of rows) {
    const { title, take } = MEASURES[row];
    say(`${row}: ${title}`);
    await take(bench).catch((cause) => {
      faults.push(row);
      results.remark(`${row}: left out from where it failed: ${messageOf(cause)}`);
    });
  }
  return { results, versions, faults };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.split("\n", 1)[0] ?? "" : String(cause);
}

async function findContestants({ only, say }: BenchOptions, results: Results) {
  const contestants = new Map<Name, Contestant>();
  const versions = new Map<Name, string>();
  for (const contestant of CONTESTANTS.filter(({ name }) => only.includes(name))) {
    const found = await contestant.find();
    if (found.kind === "found") {
      contestants.set(contestant.name, contestant);
      versions.set(contestant.name, found.version);
    } else if (found.kind === "missing") {
      const line = `${contestant.name} is left out: it is not here. To have it: ${found.advice}`;
      results.remark(line);
      say(line);
    }
  }
  return { contestants, versions };
}

interface BackendPorts {
  readonly plain: number;
  readonly secure: number;
}

async function startBackend({ workplace, cores }: BenchOptions): Promise<BackendPorts> {
  const { firstLine } = workplace.processes.start({
    command: Deno.execPath(),
    args: ["run", "--no-prompt", "--allow-net", BACKEND],
    core: cores.load,
  });
  const [, plain, secure] = (await firstLine).split(" ");
  return { plain: Number(plain), secure: Number(secure) };
}

function starter({ workplace, cores }: BenchOptions, ports: BackendPorts): Bench["fresh"] {
  const { processes, directory: dir } = workplace;
  return async (name, { descriptors = USUAL_DESCRIPTORS, isSecure = false } = {}) => {
    const directory = await Deno.makeTempDir({ dir, prefix: `${name}-` });
    const backendRoot = join(directory, "root.pem");
    await Deno.writeTextFile(backendRoot, AUTHORITY);
    return {
      processes,
      directory,
      ...isSecure
        ? { backendPort: ports.secure, backendRoot }
        : { backendPort: ports.plain, backendRoot: undefined },
      core: cores.proxies,
      descriptors,
    };
  };
}
