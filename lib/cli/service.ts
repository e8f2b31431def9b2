/** `llm-proxy service`: writes the file that makes the program a service, and prints what to do with it. */
import { dirname, join, resolve } from "node:path";
import { loadConfig } from "../config/load.ts";
import { formatProblem } from "../config/problem.ts";
import { readEnv } from "../config/read_env.ts";
import type { Snapshot } from "../config/snapshot.ts";
import { isPlain } from "../replay/shell_word.ts";
import { errorWords } from "../system/error_words.ts";
import { ownCommand } from "../system/own_command.ts";
import type { SERVICE_KINDS } from "./commands.ts";
import { maskedOutput } from "./masked_output.ts";
import type { Output } from "./output.ts";
import { foldersOf, type ServiceFacts, type ServiceFile, stopSecondsOf } from "./service/facts.ts";
import { launchdPlist } from "./service/launchd.ts";
import { systemdUnit } from "./service/systemd.ts";
import { windowsTask } from "./service/windows.ts";

export type ServiceKind = typeof SERVICE_KINDS[number];

export interface ServiceOptions {
  /** The configuration file that the service is to run with. */
  readonly config: string;
  /** Deno's features as deno.json names them. */
  readonly unstable: readonly string[];
  /** Where the file is written; default the current folder. */
  readonly into?: string;
  /** The program's command line; default the one it was started with. */
  readonly program?: readonly string[];
  readonly env?: (name: string) => string | undefined;
}

const MAKERS: Readonly<Record<ServiceKind, (facts: ServiceFacts) => ServiceFile>> = {
  systemd: systemdUnit,
  launchd: launchdPlist,
  windows: windowsTask,
};

/** What Deno calls the system that each is of. */
const SYSTEMS: Readonly<Record<ServiceKind, string>> = {
  systemd: "linux",
  launchd: "darwin",
  windows: "windows",
};

/** Exit status 0, or 1 where the configuration has errors or another file stands there. */
export async function service(
  kind: ServiceKind,
  options: ServiceOptions,
  to: Output,
): Promise<number> {
  const output = maskedOutput(to);
  const facts = await factsOf(options, output);
  if (facts === undefined) return 1;
  const odd = unwritable(kind, facts);
  if (odd !== undefined) {
    output.err(`${odd.what}: ${JSON.stringify(odd.path)}. Move it, or name it otherwise.`);
    return 1;
  }
  const made = MAKERS[kind](facts);
  const file = resolve(options.into ?? ".", made.name);
  const words = await written(file, made.bytes);
  if (words.fault !== undefined) {
    output.err(words.fault);
    return 1;
  }
  output.out(`${words.done} It starts nothing; to have it run:\n`);
  for (const line of made.commands) output.out(`  ${line}`);
  for (const note of [...elsewhere(kind), ...passing(facts), ...lacking(facts), ...made.notes]) {
    output.err(note);
  }
  return 0;
}

async function factsOf(
  { config, unstable, program = ownCommand(unstable), env = readEnv }: ServiceOptions,
  output: Output,
): Promise<ServiceFacts | undefined> {
  const file = resolve(config);
  const variables = new Set<string>();
  const loaded = await loadConfig(file, {
    revision: 1,
    env(name) {
      const value = env(name);
      if (value !== undefined && !isOurs(name)) variables.add(name);
      return value;
    },
  });
  if (!loaded.ok) {
    loaded.problems.forEach((problem) => output.err(formatProblem(problem)));
    output.err(
      "A service is made for a file without errors, which says what folders it writes to.",
    );
    return undefined;
  }
  const { snapshot } = loaded;
  return {
    command: [...program, "-config", file],
    directory: dirname(file),
    writable: foldersOf(snapshot),
    stopSeconds: stopSecondsOf(snapshot),
    port: portOf(snapshot),
    owner: await ownerOf(file),
    userName: [env("USERDOMAIN"), env("USERNAME")].filter(Boolean).join("\\"),
    variables: [...variables].sort(),
  };
}

/** What is asked for whatever the configuration says. */
function isOurs(name: string): boolean {
  return /^(?:(?:https?|all|no)_proxy|home|userprofile)$/i.test(name);
}

/** The lower of its two, which is the one that may need a privilege. */
function portOf({ listen, admin }: Snapshot): number {
  const ports = [listen.port, admin.listen?.port ?? 0].filter((port) => port > 0);
  return ports.length === 0 ? 0 : Math.min(...ports);
}

async function ownerOf(file: string): Promise<ServiceFacts["owner"]> {
  const { uid, gid } = await Deno.stat(file);
  return uid === null || gid === null ? undefined : { user: uid, group: gid };
}

/** A path that the service manager cannot be told, and why. */
function unwritable(
  kind: ServiceKind,
  { command, directory, writable }: ServiceFacts,
): { readonly path: string; readonly what: string } | undefined {
  const active = [...command, directory, ...writable].find((path) => {
    return !isPlain(path) || path.includes("\n");
  });
  if (active !== undefined) return { path: active, what: "No path may have control characters" };
  if (kind !== "systemd") return undefined;
  const [executable = ""] = command;
  if (/["'\\]/.test(executable)) {
    return {
      path: executable,
      what: "systemd starts no program with a quote or backslash in its path",
    };
  }
  if (!/[\s\\]$/.test(directory)) return undefined;
  return {
    path: directory,
    what: "systemd runs nothing in a folder that ends in a space or backslash",
  };
}

interface Written {
  readonly done: string;
  readonly fault: string | undefined;
}

/** Whatever else stands there is left as it is. */
async function written(file: string, bytes: Uint8Array): Promise<Written> {
  try {
    await Deno.writeFile(file, bytes, { createNew: true, mode: 0o644 });
    return { done: `Wrote ${file}.`, fault: undefined };
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AlreadyExists)) {
      return { done: "", fault: `Cannot write ${file}: ${errorWords(cause)}.` };
    }
  }
  if (await holds(file, bytes)) return { done: `${file} is as it should be.`, fault: undefined };
  const fault = `${file} exists already, says something else and is left as it is. Remove it, or ` +
    "run this in another folder.";
  return { done: "", fault };
}

async function holds(file: string, bytes: Uint8Array): Promise<boolean> {
  try {
    const found = await Deno.readFile(file);
    return found.length === bytes.length && found.every((byte, at) => byte === bytes[at]);
  } catch {
    return false;
  }
}

function elsewhere(kind: ServiceKind): readonly string[] {
  if (SYSTEMS[kind] === Deno.build.os) return [];
  return [`The paths in it are those of this machine, which is no ${kind} one: run this there.`];
}

function lacking({ variables, directory }: ServiceFacts): readonly string[] {
  if (variables.length === 0) return [];
  const file = join(directory, ".env");
  return [
    `A service has no variable of your shell. The configuration takes ${
      variables.join(", ")
    } from there: ` +
    `write them into ${file}, as NAME=value lines, readable by its owner alone.`,
  ];
}

function passing({ command }: ServiceFacts): readonly string[] {
  if (!command.some((word) => /[\\/]_npx[\\/]/.test(word))) return [];
  return [
    "The program stands in npx's cache, which may be cleared: npm install -g it, and run this again.",
  ];
}
