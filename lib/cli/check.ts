/** `llm-proxy check`: says whether a configuration can be put in force, without doing so. */
import { loadConfig } from "../config/load.ts";
import { formatProblem } from "../config/problem.ts";
import { readEnv } from "../config/read_env.ts";
import { maskedOutput } from "./masked_output.ts";
import type { Output } from "./output.ts";
import { inventory } from "./inventory.ts";

/** Exit status 0, or 1 with every error. */
export async function check(file: string, to: Output): Promise<number> {
  const output = maskedOutput(to);
  const loaded = await loadConfig(file, { revision: 1, env: readEnv });
  if (!loaded.ok) {
    loaded.problems.forEach((problem) => output.err(formatProblem(problem)));
    return 1;
  }
  loaded.snapshot.warnings.forEach((line) => output.err(`warning: ${line}`));
  output.out(`${file} is valid: ${inventory(loaded.snapshot)}.`);
  return 0;
}
