/** `deno task bench [--quick] [--only NAMES] [--rows NAMES] [--write]`. */
import { parseArgs } from "node:util";
import { type Name, NAMES } from "./contestants/contestant.ts";
import { MEASURE_NAMES, type MeasureName } from "./measures/measure.ts";

export interface Arguments {
  readonly kind: "arguments";
  /** One short round of everything. */
  readonly quick: boolean;
  readonly only: readonly Name[];
  readonly rows: readonly MeasureName[];
  /** Whether docs/benchmarks.md is written. */
  readonly write: boolean;
}

export interface UsageError {
  readonly kind: "usage";
  readonly message: string;
}

export const USAGE = `deno task bench [options]

Measures this proxy beside others on this machine (Linux) and writes docs/benchmarks.md.

  --quick        one short round of everything: shows that it works, not how fast
  --only NAMES   of ${NAMES.join(", ")}; direct always takes part
  --rows NAMES   of ${MEASURE_NAMES.join(", ")}
  --write        write docs/benchmarks.md also with --quick, --only or --rows

LLM_PROXY_BIN names the one-file binary (default dist/llm-proxy.exe); LLM_PROXY_BEFORE the main.ts of another
checkout, which then takes part as "before" and "before-logs".

Exit status: 0 done, 1 a reply was wrong or a program did not start, 2 usage.`;

/** What the arguments ask for, or what is wrong with them. */
export function parseArguments(args: readonly string[]): Arguments | UsageError {
  try {
    const { values } = parseArgs({
      args: args[0] === "--" ? args.slice(1) : [...args],
      options: {
        quick: { type: "boolean", default: false },
        only: { type: "string" },
        rows: { type: "string" },
        write: { type: "boolean", default: false },
      },
    });
    const { quick, only, rows, write } = values;
    return {
      kind: "arguments",
      quick,
      // What a proxy adds is held against direct.
      only: chosen("--only", only === undefined ? only : `direct,${only}`, NAMES),
      rows: chosen("--rows", rows, MEASURE_NAMES),
      write: write || (!quick && only === undefined && rows === undefined),
    };
  } catch (cause) {
    return { kind: "usage", message: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** The named ones in their usual order; all without names. */
function chosen<T extends string>(flag: string, list: string | undefined, all: readonly T[]): T[] {
  if (list === undefined) return [...all];
  const names = list.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !all.some((each) => each === name));
  if (unknown === undefined) return all.filter((each) => names.includes(each));
  throw new Error(`${flag}: ${unknown} is none of ${all.join(", ")}`);
}
