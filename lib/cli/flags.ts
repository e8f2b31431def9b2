/** The command line: `llm-proxy [command] [-config PATH]`, flags with one dash or two. */
import { parseArgs } from "node:util";

export type Command = "run" | "check" | "init" | "schema" | "demo" | "version" | "help";

export interface Invocation {
  readonly kind: "invocation";
  readonly command: Command;
  /** The configuration file; `config.yaml` where none is named. */
  readonly config: string;
  readonly once: boolean;
}

export interface UsageError {
  readonly kind: "usage";
  readonly message: string;
}

/** The flags each command takes, besides `-help` and `-version`. */
const FLAGS: ReadonlyMap<string, readonly string[]> = new Map([
  ["run", ["config"]],
  ["check", ["config"]],
  ["init", ["config"]],
  ["schema", []],
  ["demo", ["once"]],
]);

const OPTIONS = {
  config: { type: "string" },
  once: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

/** What the arguments ask for, or what is wrong with them. */
export function parseFlags(args: readonly string[]): Invocation | UsageError {
  const parsed = parse(args);
  if (parsed instanceof Error) return usage(parsed.message.split(". ")[0] ?? parsed.message);
  const { values, positionals } = parsed;
  const invoke = (command: Command): Invocation => {
    return { kind: "invocation", command, config: values.config ?? "config.yaml", once };
  };
  const once = values.once ?? false;
  if (values.help) return invoke("help");
  if (values.version) return invoke("version");
  const [name = "run", ...extra] = positionals;
  const flags = FLAGS.get(name);
  if (flags === undefined || (name === "run" && positionals.length > 0)) {
    return usage(`Unknown command ${JSON.stringify(name)}`);
  }
  if (extra.length > 0) return usage(`Unexpected argument ${JSON.stringify(extra[0])}`);
  const foreign = Object.keys(values).find((flag) => !flags.includes(flag));
  if (foreign !== undefined) return usage(`${name} takes no flag -${foreign}`);
  if (values.config === "") return usage("-config needs a path");
  return invoke(name as Command);
}

function parse(args: readonly string[]) {
  try {
    const doubled = args.map((arg) => /^-[a-z]{2}/.test(arg) ? `-${arg}` : arg);
    return parseArgs({ args: doubled, options: OPTIONS, allowPositionals: true, strict: true });
  } catch (cause) {
    return cause instanceof Error ? cause : new Error(String(cause));
  }
}

function usage(message: string): UsageError {
  return { kind: "usage", message };
}
