/** `llm-proxy import`: another program's configuration as one of ours. */
import { basename, dirname, join, resolve } from "node:path";
import { readEnv } from "../config/read_env.ts";
import { type Conversion, convert } from "../import/convert.ts";
import { appendEnv, envLines, envVariables, readEnvText } from "../import/env_lines.ts";
import { type FormatName, FORMATS } from "../import/formats.ts";
import { count } from "../import/notes.ts";
import { readSource } from "../import/read_source.ts";
import { errorWords } from "../system/error_words.ts";
import { configFlag } from "./config_flag.ts";
import type { Output } from "./output.ts";

export interface ImportArguments {
  /** The source; `-` is stdin. */
  readonly file: string;
  /** What is written; nothing that is there already is touched. */
  readonly config: string;
  /** The name of the source's format; undefined to know it by its shape. */
  readonly from: string | undefined;
  readonly env?: (name: string) => string | undefined;
}

/** Exit status 0, or 1 where nothing was written. */
export async function importConfig(args: ImportArguments, output: Output): Promise<number> {
  const { config, env = readEnv } = args;
  const file = args.file === "-" ? "stdin" : args.file;
  if (basename(config) === ".env") return failed([`${config} ${FOR_KEYS}`], output);
  const source = await readSource(args.file);
  if (!source.ok) return failed([`${file}:1: the file ${source.reason}.`], output);
  if (await isThere(config)) {
    const isSource = resolve(args.file) === resolve(config);
    return failed([isSource ? `${config} ${ITSELF}` : exists(config)], output);
  }
  const envPath = join(dirname(config), ".env");
  const before = await readEnvText(envPath);
  if (!before.ok) return failed([`${envPath}:1: the file ${before.reason}.`], output);
  const converted = await convert(source.value, {
    file,
    from: isFormat(args.from) ? args.from : undefined,
    env,
    envFile: envVariables(before.value),
  });
  if (!converted.ok) return failed([...converted.problems, ...converted.notes], output);
  const fault = await write(converted, { config, envPath, before: before.value });
  if (fault !== undefined) return failed([fault], output);
  report(converted, { file, config, envPath }, output);
  return 0;
}

const FOR_KEYS = "is where the keys go: name another file for the configuration with -config.";
const ITSELF = "is what is to be imported: name the file that is to be written with -config.";

function isFormat(name: string | undefined): name is FormatName {
  return name !== undefined && Object.hasOwn(FORMATS, name);
}

function failed(lines: readonly string[], output: Output): number {
  lines.forEach((line) => output.err(line));
  return 1;
}

/** A link that leads nowhere is there, too. */
async function isThere(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

function exists(config: string): string {
  return `${config} exists already and is left as it is. Remove it, or name another with -config.`;
}

/** Writes both or neither; undefined, or why not. */
async function write(
  { text, secrets }: Conversion,
  { config, envPath, before }: {
    readonly config: string;
    readonly envPath: string;
    readonly before: string;
  },
): Promise<string | undefined> {
  try {
    await Deno.writeTextFile(config, text, { createNew: true, mode: 0o600 });
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) return exists(config);
    return `Cannot write ${config}: ${errorWords(cause)}.`;
  }
  if (secrets.size === 0) return undefined;
  try {
    await appendEnv(envPath, { before, lines: envLines(secrets) });
    return undefined;
  } catch (cause) {
    await Deno.remove(config).catch(() => undefined);
    return `Cannot write ${envPath}: ${errorWords(cause)}. Nothing is written.`;
  }
}

function report(
  { title, config, secrets, missing, notes }: Conversion,
  { file, config: written, envPath }: {
    readonly file: string;
    readonly config: string;
    readonly envPath: string;
  },
  { out, err }: Output,
): void {
  err(`${file} was taken for ${title}; -from names another format.`);
  if (notes.length > 0) {
    err(`Not carried over, or not as it was (${notes.length}; also at the end of ${written}):`);
  }
  notes.forEach((note) => err(note));
  const { backends, aliases } = config;
  const what = `${count(backends.length, "backend")}, ${
    count(aliases.length, "alias").replace("aliass", "aliases")
  }`;
  out(`Wrote ${written}: ${what}.`);
  if (secrets.size > 0) {
    out(`Wrote ${count(secrets.size, "key")} to ${envPath}: ${[...secrets.keys()].join(", ")}.`);
  }
  if (missing.length > 0) {
    out(`Set these variables, or write them to ${envPath}: ${missing.join(", ")}.`);
  }
  out(`Next: llm-proxy check${configFlag(written)}`);
}
