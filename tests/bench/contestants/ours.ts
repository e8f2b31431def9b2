import { join } from "node:path";
import { fileURLToPath } from "node:url";
import settings from "../../../deno.json" with { type: "json" };
import { BUNDLE, bundle } from "../../../packaging/bundle.ts";
import { PERMISSIONS, UNSTABLE } from "../../../packaging/program.ts";
import { outputOf } from "../machine/output_of.ts";
import type { Contestant, Found, Name, Running, StartContestant } from "./contestant.ts";
import { type OurConfig, ourConfig } from "./our_config.ts";
import { running } from "./running.ts";

/** The program as the npm package and the binary have it. */
const MAIN = fileURLToPath(new URL("main.js", BUNDLE));
/** `main.ts` of another checkout, to see in one run what a change did. */
const BEFORE = Deno.env.get("LLM_PROXY_BEFORE");
const BINARY = Deno.env.get("LLM_PROXY_BIN") ??
  fileURLToPath(new URL("../../../dist/llm-proxy.exe", import.meta.url));
const FLAGS = [...PERMISSIONS, ...UNSTABLE, "--no-config", "--no-lock", "--no-remote", "--quiet"];

const WORK =
  "finds and replaces the model in the body, plans, reads and judges the reply, holds streams " +
  "until content, reads the usage";

export const ours: Contestant = {
  name: "ours",
  work: `${WORK}; request logs, general log, history and dashboard off`,
  find: fromBundle,
  start: (options) => startOurs(options, { name: "ours" }),
};

export const oursWithRequestLogs: Contestant = {
  name: "ours-request-logs",
  work: `${WORK}; one log file a request with credentials masked, as the Go proxy's without; no ` +
    "general log, history or dashboard",
  find: fromBundle,
  start: (options) =>
    startOurs(options, { name: "ours-request-logs", config: { logs: "requests" } }),
};

export const oursWithLogs: Contestant = {
  name: "ours-logs",
  work: `${WORK}; every default: one log file a request with credentials masked, general log, ` +
    "history in SQLite, dashboard and metrics",
  find: fromBundle,
  start: (options) => startOurs(options, { name: "ours-logs", config: { logs: "default" } }),
};

export const oursCompiled: Contestant = {
  name: "ours-compiled",
  work: "as without logs, from the one-file binary",
  find: async () => {
    const version = (await outputOf(BINARY, ["-version"]))?.split(" ").at(-1);
    if (version !== undefined) return { kind: "found", version };
    return { kind: "missing", advice: "deno task compile" };
  },
  start: (options) => startOurs(options, { name: "ours-compiled", binary: true }),
};

export const before: Contestant = {
  name: "before",
  work: "as ours without logs, from the checkout that LLM_PROXY_BEFORE names",
  find: () => Promise.resolve(fromBefore()),
  start: (options) => startOurs(options, { name: "before", main: BEFORE }),
};

export const beforeWithLogs: Contestant = {
  name: "before-logs",
  work: "as ours with the default logs, from the checkout that LLM_PROXY_BEFORE names",
  find: () => Promise.resolve(fromBefore()),
  start: (options) =>
    startOurs(options, { name: "before-logs", main: BEFORE, config: { logs: "default" } }),
};

function fromBefore(): Found {
  return BEFORE === undefined ? { kind: "unasked" } : { kind: "found", version: "" };
}

let bundled: Promise<void> | undefined;

async function fromBundle(): Promise<Found> {
  await (bundled ??= bundle());
  return { kind: "found", version: `${settings.version}, Deno ${Deno.version.deno}` };
}

export interface StartOurs {
  readonly name: Name;
  readonly binary?: boolean;
  /** From source: which `main.ts`. */
  readonly main?: string | undefined;
  readonly config?: Omit<OurConfig, "backendPort" | "backendRoot">;
}

/** Starts a proxy of ours with any configuration. */
export async function startOurs(
  { processes, directory, backendPort, backendRoot, core }: StartContestant,
  { name, binary = false, main = MAIN, config = {} }: StartOurs,
): Promise<Running> {
  const file = join(directory, "config.yaml");
  await Deno.writeTextFile(file, ourConfig({ ...config, backendPort, backendRoot }));
  const flags = main === MAIN ? FLAGS : PERMISSIONS;
  const source = ["run", ...flags, main];
  const process = processes.start({
    command: binary ? BINARY : Deno.execPath(),
    args: [...binary ? [] : source, "-config", file],
    core,
  });
  const port = Number((await process.firstLine).split(":").at(-1));
  return running({ name, port, process });
}
