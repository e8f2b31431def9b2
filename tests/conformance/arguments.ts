/** `deno task conformance [-- URL] [--model ALIAS] …`. */
import { parseArgs } from "node:util";
import type { GatewayModels } from "./check.ts";

export interface Arguments {
  readonly kind: "arguments";
  /** The gateway; undefined for this proxy, started here. */
  readonly url: string | undefined;
  readonly key: string;
  readonly models: GatewayModels;
  /** Where the backends listen; 0 is any free port. */
  readonly ports: readonly [number, number];
  /** How long a gateway has, to be configured and to pass a first request. */
  readonly waitSeconds: number;
}

export interface UsageError {
  readonly kind: "usage";
  readonly message: string;
}

export const USAGE = `deno task conformance -- [URL] [options]

Checks what Claude Code, Codex and the vendors' SDKs need of a gateway. URL is http://HOST:PORT of a
running one, which must be configured for the backends that this starts (it prints how); without
URL it is this proxy, from source, or the binary that LLM_PROXY_BIN names.

  --model ALIAS            the alias to ask for; default "conformance"
  --anthropic-model ALIAS  … in Anthropic's format, --openai-model, --gemini-model in theirs
  --key KEY                what the gateway takes for a credential; default "conformance-key"
  --ports ONE,TWO          where the backends listen; default 4101,4102
  --wait SECONDS           how long to wait for the gateway's first request; default 60

Exit status: 0 every check passed, 1 one failed, 2 usage.`;

const OPTIONS = {
  "model": { type: "string", default: "conformance" },
  "anthropic-model": { type: "string" },
  "openai-model": { type: "string" },
  "gemini-model": { type: "string" },
  "key": { type: "string", default: "conformance-key" },
  "ports": { type: "string" },
  "wait": { type: "string", default: "60" },
} as const;

/** What the arguments ask for, or what is wrong with them. */
export function parseArguments(args: readonly string[]): Arguments | UsageError {
  try {
    return parse(args[0] === "--" ? args.slice(1) : args);
  } catch (cause) {
    return usage(cause instanceof Error ? cause.message : String(cause));
  }
}

function parse(args: readonly string[]): Arguments | UsageError {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
  });
  const [url, ...more] = positionals;
  if (more.length > 0) return usage(`one URL, not also ${more.join(" ")}`);
  if (url !== undefined && !/^http:\/\/[^/]+:\d+\/?$/.test(url)) {
    return usage(`the URL must be http://HOST:PORT, not ${url}`);
  }
  // A gateway that is configured by hand needs ports that stay; one that is started here, any.
  const ports = (values.ports ?? (url === undefined ? "0,0" : "4101,4102")).split(",").map(Number);
  const [one, two] = ports;
  if (one === undefined || two === undefined || ports.length > 2 || !ports.every(isPort)) {
    return usage(`--ports must be two ports, as 4101,4102, not ${values.ports}`);
  }
  const waitSeconds = Number(values.wait);
  if (!(waitSeconds > 0)) return usage(`--wait must be seconds, not ${values.wait}`);
  return {
    kind: "arguments",
    url: url?.replace(/\/$/, ""),
    key: values.key,
    models: {
      anthropic: values["anthropic-model"] ?? values.model,
      openai: values["openai-model"] ?? values.model,
      gemini: values["gemini-model"] ?? values.model,
    },
    ports: [one, two],
    waitSeconds,
  };
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 65_535;
}

function usage(message: string): UsageError {
  return { kind: "usage", message };
}
