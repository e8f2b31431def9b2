/**
 * The program as a person runs it: a process of its own. `LLM_PROXY_BIN` names a binary to run; else
 * it runs from source with the permissions of the `start` task and no others.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import settings from "../../deno.json" with { type: "json" };
import { Transcript } from "./transcript.ts";

/** How a process ended, and all it wrote. */
export interface Exit {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** No file of the program may grow beyond so many blocks of 512 bytes (POSIX only). */
  readonly mostFileBlocks?: number;
  /** So many files and sockets may be open at once (POSIX only). */
  readonly mostDescriptors?: number;
  /** What starts it: `nohup` and the like. */
  readonly within?: readonly string[];
  /** Default none. */
  readonly stdin?: "null" | "piped";
}

/** A proxy under way. Disposing of it stops it; its directory stays with whoever made it. */
export interface Program extends AsyncDisposable {
  /** As its first line says. */
  readonly url: string;
  /** Resolves once the console log so far matches. */
  logged(pattern: RegExp): Promise<void>;
  /** The console log so far. */
  readonly log: string;
  readonly pid: number;
  signal(signal: Deno.Signal): void;
  readonly exited: Promise<Exit>;
}

const FIRST_LINE = /^llm-proxy listening on (https?:\/\/127\.0\.0\.1:\d+)\n/;

function end(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** Starts a proxy and waits until it listens. */
export async function startProgram(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Program> {
  const { child, stdout, stderr, exited } = spawnProgram(args, options);
  let over = false;
  exited.then(() => over = true);
  const [, url = ""] = await stdout.until(FIRST_LINE).catch(async (cause) => {
    // One that is only late would be waited for for ever.
    if (!over) end(child);
    throw new Error(`The program did not start: ${(await exited).stderr}`, { cause });
  });
  return {
    url,
    logged: async (pattern) => void await stderr.until(pattern),
    get log() {
      return stderr.text;
    },
    pid: child.pid,
    signal: (signal) => child.kill(signal),
    exited,
    async [Symbol.asyncDispose]() {
      if (!over) child.kill("SIGKILL");
      await exited;
    },
  };
}

/** Runs a command to its end. */
export function runProgram(args: readonly string[], options: RunOptions = {}): Promise<Exit> {
  return spawnProgram(args, options).exited;
}

/** A directory with a configuration in it, gone when disposed of. */
export interface Home extends AsyncDisposable {
  readonly directory: string;
  readonly configFile: string;
}

/** @param yaml the configuration; `listen` defaults to a free loopback port, `admin.listen` to none */
export async function makeHome(yaml?: string): Promise<Home> {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-blackbox-" });
  const configFile = join(directory, "config.yaml");
  if (yaml !== undefined) await Deno.writeTextFile(configFile, withoutAdmin(onFreePort(yaml)));
  return {
    directory,
    configFile,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

/** The configuration with a free loopback port where it says nothing of one. */
export function onFreePort(yaml: string): string {
  return /^listen:/m.test(yaml) ? yaml : `listen: "127.0.0.1:0"\n${yaml}`;
}

/**
 * The configuration without an admin port where it says nothing of one: programs that run side by side
 * would want the same. At the end, so that what is written stays on its line.
 */
export function withoutAdmin(yaml: string): string {
  if (/^admin:/m.test(yaml) || !/^backends:/m.test(yaml)) return yaml;
  return `${yaml.replace(/\n*$/, "\n")}admin: { listen: "" }\n`;
}

/** The program with these arguments, as a process and what it writes. */
export function spawnProgram(
  args: readonly string[],
  { cwd, env = {}, mostFileBlocks, mostDescriptors, within = [], stdin = "null" }: RunOptions,
) {
  const [program, ...words] = limited(commandLine(), { mostFileBlocks, mostDescriptors });
  const [command = program, ...first] = [...within, program, ...words];
  const child = new Deno.Command(command, {
    args: [...first, ...args],
    ...(cwd === undefined ? {} : { cwd }),
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env },
    stdin,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdout = new Transcript(child.stdout);
  const stderr = new Transcript(child.stderr);
  const exited = Promise.all([child.status, stdout.ended, stderr.ended]).then(([{ code }]) => {
    return { code, stdout: stdout.text, stderr: stderr.text };
  });
  return { child, stdout, stderr, exited };
}

/** Too large a write fails, instead of ending the process. */
function limited(
  command: [string, ...string[]],
  { mostFileBlocks: blocks, mostDescriptors: descriptors }: RunOptions,
): [string, ...string[]] {
  const limits = [
    ...blocks === undefined ? [] : [`trap '' XFSZ; ulimit -f ${blocks}`],
    ...descriptors === undefined ? [] : [`ulimit -n ${descriptors}`],
  ];
  if (limits.length === 0) return command;
  return ["sh", "-c", `${limits.join("; ")}; exec "$@"`, "sh", ...command];
}

/** The command and the arguments that come before the program's own. */
function commandLine(): [string, ...string[]] {
  const binary = Deno.env.get("LLM_PROXY_BIN");
  if (binary !== undefined) return [binary];
  const [, run = "", ...words] = settings.tasks.start.command.split(" ");
  const main = fileURLToPath(new URL("../../main.ts", import.meta.url));
  const rest = words.map((word) => word === "main.ts" ? main : word);
  // Quiet, or a new machine's first run would tell of its downloads on stderr.
  return [Deno.execPath(), run, "--quiet", ...rest];
}
