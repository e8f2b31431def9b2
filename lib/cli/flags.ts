/** The command line: `llm-proxy [command] [-config PATH]`, flags with one dash or two. */
import { parseArgs } from "node:util";
import { didYouMean } from "../config/nearest.ts";
import { expandHome } from "../config/home_path.ts";
import { readEnv } from "../config/read_env.ts";
import { type CommandForm, COMMANDS, type FlagValues } from "./commands.ts";

export type Command = keyof typeof COMMANDS | "version" | "help";

export interface Invocation {
  readonly kind: "invocation";
  readonly command: Command;
  /** The configuration file; `config.yaml` where none is named. */
  readonly config: string;
  readonly once: boolean;
  /** What follows the command: as many as it needs, and perhaps more. */
  readonly args: readonly string[];
  readonly json: boolean;
  /** Of a drill; undefined where none is named. */
  readonly drillKind: string | undefined;
  /** Of a drill. */
  readonly seconds: number;
  /** Of a replay: where to instead of the proxy; undefined for the proxy. */
  readonly backend: string | undefined;
  /** Of a replay: whether to print it instead. */
  readonly curl: boolean;
  /** Of an import: the source's format; undefined to know it by its shape. */
  readonly from: string | undefined;
  /** Where the running proxy is asked; undefined where the configuration says it. */
  readonly admin: string | undefined;
  /** The file with its token; undefined for none. */
  readonly tokenFile: string | undefined;
  /** Of an explanation: the call's format; undefined for what fits. */
  readonly dialect: string | undefined;
  /** Of an explanation: the request that it is of; undefined for a model. */
  readonly id: string | undefined;
  /** Whether `init` asks nothing. */
  readonly yes: boolean;
  /** Of a check: whether every route is asked. */
  readonly live: boolean;
}

export interface UsageError {
  readonly kind: "usage";
  readonly message: string;
}

const OPTIONS = {
  config: { type: "string" },
  once: { type: "boolean" },
  json: { type: "boolean" },
  kind: { type: "string" },
  seconds: { type: "string" },
  backend: { type: "string" },
  curl: { type: "boolean" },
  from: { type: "string" },
  admin: { type: "string" },
  "token-file": { type: "string" },
  dialect: { type: "string" },
  id: { type: "string" },
  yes: { type: "boolean" },
  live: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

/** What the arguments ask for, or what is wrong with them. */
export function parseFlags(
  given: readonly string[],
  env: (name: string) => string | undefined = readEnv,
): Invocation | UsageError {
  const parsed = parse(given[0] === "help" ? ["-help"] : given);
  if (typeof parsed === "string") return usage(parsed);
  const { values, positionals } = parsed;
  const [name = "run", ...args] = positionals;
  // A shell leaves it in -config=~/file.
  const config = expandHome(values.config ?? "config.yaml", env);
  if (!config.ok) return usage(`-config: the path ${config.reason}`);
  const invoke = (command: Command): Invocation => {
    const { once = false, json = false, kind: drillKind, seconds = 60, from } = values;
    const { backend, curl = false, admin, "token-file": tokenFile, dialect, id } = values;
    const { yes = false, live = false } = values;
    const where = { config: config.value, admin, tokenFile };
    const rest = {
      args,
      json,
      drillKind,
      seconds: Number(seconds),
      backend,
      curl,
      dialect,
      id,
      yes,
      live,
    };
    return { kind: "invocation", command, once, from, ...where, ...rest };
  };
  if (values.help) return invoke("help");
  if (values.version) return invoke("version");
  if (!isCommand(name) || (name === "run" && positionals.length > 0)) {
    if (name === "run") return usage("Leave run out: without a command the proxy runs");
    const near = didYouMean(name, Object.keys(COMMANDS).filter((known) => known !== "run"));
    return usage(`Unknown command ${JSON.stringify(name)}${near}`);
  }
  const fault = faultOf(name, args, values);
  return fault === undefined ? invoke(name) : usage(fault);
}

function isCommand(name: string): name is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, name);
}

function faultOf(
  name: keyof typeof COMMANDS,
  args: readonly string[],
  values: FlagValues,
): string | undefined {
  const { flags, needs, more, fault }: CommandForm = COMMANDS[name];
  const missing = needs[args.length];
  if (missing !== undefined) return `${name} needs ${missing}`;
  const extra = args[needs.length + more];
  if (extra !== undefined) return `Unexpected argument ${JSON.stringify(extra)}`;
  const foreign = Object.keys(values).find((flag) => !flags.some((known) => known === flag));
  if (foreign !== undefined) return `${name} takes no flag -${foreign}`;
  const empty = (["config", "admin", "token-file", "id"] as const).find((flag) =>
    values[flag] === ""
  );
  if (empty !== undefined) return `-${empty} needs ${WANTED[empty]}`;
  return fault(args, values);
}

const WANTED = { config: "a path", admin: "a URL", "token-file": "a path", id: "an id" } as const;

function parse(args: readonly string[]) {
  try {
    const doubled = joined(args).map((arg) => /^-[a-z]{2}/.test(arg) ? `-${arg}` : arg);
    return parseArgs({ args: doubled, options: OPTIONS, allowPositionals: true, strict: true });
  } catch (cause) {
    return wordsFor(cause);
  }
}

/** With `-seconds -1` as one word: what follows such a flag is its value, unless it is a flag of ours. */
function joined(args: readonly string[]): readonly string[] {
  const words: string[] = [];
  for (const arg of args) {
    const last = words.at(-1) ?? "";
    const isValue = arg.startsWith("-") && optionOf(arg) === undefined;
    if (isValue && optionOf(last)?.type === "string" && !last.includes("=")) {
      words.splice(-1, 1, `${last}=${arg}`);
    } else words.push(arg);
  }
  return words;
}

function optionOf(word: string): { readonly type: string } | undefined {
  const [, name = ""] = /^--?([a-z][a-z-]*)(?:=|$)/.exec(word) ?? [];
  return Object.entries(OPTIONS).find(([known, { type: _, ...rest }]) => {
    return known === name || ("short" in rest && rest.short === name);
  })?.[1];
}

/** The parser's complaint, with flags as they are written here. */
function wordsFor(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const [, flag = ""] = /'-{1,2}([\w-]+)/.exec(message) ?? [];
  if (/Unknown option/.test(message)) {
    return `Unknown flag -${flag}${didYouMean(flag, Object.keys(OPTIONS)).replace('"', '"-')}`;
  }
  if (/argument missing|is ambiguous/.test(message)) return `-${flag} needs a value after it`;
  if (/does not take an argument/.test(message)) return `-${flag} takes no value`;
  return message.split(/[.\n]/)[0] ?? message;
}

function usage(message: string): UsageError {
  return { kind: "usage", message };
}
