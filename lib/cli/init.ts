/** `llm-proxy init`: asks what is needed for a first configuration and writes it; or writes the example. */
import { dirname, join } from "node:path";
import { editorSchemaText } from "../config/editor_schema.ts";
import { parseEnvLines } from "../config/env_syntax.ts";
import { parseConfig } from "../config/load.ts";
import { formatProblem } from "../config/problem.ts";
import { readEnv } from "../config/read_env.ts";
import { envFilePath, readEnvFile } from "../config/read_env_file.ts";
import { EXAMPLE } from "../system/places.ts";
import { configFlag } from "./config_flag.ts";
import type { Answers } from "./init/answers.ts";
import { configText, envLines, LISTEN, SCHEMA_NAME } from "./init/config_text.ts";
import { linesFor } from "./init/clients.ts";
import { type Dialogue, Interrupted } from "./init/dialogue.ts";
import { type Plan, planFor } from "./init/plan.ts";
import { askAll } from "./init/questions.ts";
import { existsAlready, makeFile, writeFiles } from "./init/write_files.ts";
import type { Output } from "./output.ts";

export interface InitOptions {
  /** The configuration file. */
  readonly config: string;
  /** The person to ask; undefined to write the example without a question. */
  readonly dialogue: Dialogue | undefined;
  readonly env?: (name: string) => string | undefined;
  /** Asks every route of a configuration for a word, as `check -live`; nobody is asked whether to without it. */
  readonly test?: (file: string) => Promise<unknown>;
}

/** Exit status 0, or 1 when the file exists already or cannot be written, or the person left. */
export async function init(options: InitOptions, output: Output): Promise<number> {
  const { config, dialogue, env = readEnv, test } = options;
  if (dialogue === undefined) return await writeExample(config, output);
  try {
    return await talk(config, { dialogue, env, output, test });
  } catch (cause) {
    if (!(cause instanceof Interrupted)) throw cause;
    output.err("\nNothing was written.");
    return 1;
  }
}

async function writeExample(file: string, output: Output): Promise<number> {
  const made = makeFile(file, await Deno.readTextFile(EXAMPLE));
  if (!made.ok) {
    output.err(made.reason);
    return 1;
  }
  writeSchema(file);
  output.out(`Wrote ${file}. Set the backends' URLs and models in it, then run: ${runLine(file)}`);
  return 0;
}

/** For editors; one that is there stays, and without one a configuration is as good. */
function writeSchema(file: string): void {
  makeFile(join(dirname(file), SCHEMA_NAME), editorSchemaText());
}

interface Around {
  readonly dialogue: Dialogue;
  readonly env: (name: string) => string | undefined;
  readonly output: Output;
  readonly test: InitOptions["test"];
}

async function talk(file: string, { dialogue, env, output, test }: Around): Promise<number> {
  const found = await lookBefore(file);
  if ("reason" in found) {
    output.err(found.reason);
    return 1;
  }
  dialogue.say(
    `This writes ${file}. Ctrl-C leaves everything as it is; "llm-proxy init -yes" asks nothing.\n`,
  );
  const known = (name: string) => env(name) || found.values.get(name);
  const answers = await askAll(dialogue, (name) => (known(name) ?? "") !== "");
  const plan = planFor(answers);
  const config = configText(plan);
  const given = withKeys(answers, found.values);
  const wrong = await faultsIn(config, { file, env: (name) => env(name) ?? given.get(name) });
  if (wrong.length > 0) {
    wrong.forEach((line) => output.err(line));
    output.err("Nothing was written.");
    return 1;
  }
  const lines = envLines(answers).map(({ line }) => line);
  const written = writeFiles({ configFile: file, config, envFile: found.envFile, lines });
  if (!written.ok) {
    output.err(written.reason);
    return 1;
  }
  writeSchema(file);
  sayWhatIsNext({ file, lines, envFile: found.envFile, answers, plan }, dialogue);
  if (test !== undefined && await isWanted(dialogue)) await test(file);
  return 0;
}

/** Whoever leaves here has a configuration, and wants no test of it. */
async function isWanted({ say, ask }: Dialogue): Promise<boolean> {
  say("");
  try {
    return /^(?:y|yes|j|ja|\u662f)$/i.test(
      await ask("Test it now, with one small request a route? (y/N):"),
    );
  } catch (cause) {
    if (!(cause instanceof Interrupted)) throw cause;
    return false;
  }
}

interface Found {
  readonly envFile: string;
  /** What `.env` has already. */
  readonly values: ReadonlyMap<string, string>;
}

/** What would make all the answers worth nothing is found out before they are asked for. */
async function lookBefore(file: string): Promise<Found | { readonly reason: string }> {
  if (await Deno.lstat(file).then(() => true, () => false)) return { reason: existsAlready(file) };
  const directory = await Deno.stat(dirname(file)).catch(() => undefined);
  if (directory?.isDirectory !== true) {
    return { reason: `Cannot write ${file}: there is no directory ${dirname(file)}.` };
  }
  const envFile = join(dirname(file), ".env");
  const path = envFilePath(file);
  if (path === undefined) {
    return { reason: `${file} is the name of the file for keys. Name another with -config.` };
  }
  const read = await readEnvFile(path, file);
  if (read.kind === "absent") return { envFile, values: new Map() };
  if (read.kind !== "read") return { reason: `${envFile}: the file ${read.reason}.` };
  const { lines, faults } = parseEnvLines(read.text);
  const [fault] = faults;
  if (fault !== undefined) {
    return { reason: `${envFile}:${fault.line}:1: this line ${fault.reason}.` };
  }
  return { envFile, values: new Map(lines.map(({ name, value }) => [name, value])) };
}

/** What `.env` will have. */
function withKeys({ providers }: Answers, values: Found["values"]): Found["values"] {
  const keys = providers.flatMap(({ variable, key }) =>
    key.kind === "given" ? [[variable, key.value] as const] : []
  );
  return new Map([...values, ...keys]);
}

/** What `check` would say of it. */
async function faultsIn(
  config: string,
  { file, env }: { readonly file: string; readonly env: Around["env"] },
): Promise<readonly string[]> {
  const read = () => Promise.resolve({ ok: false, reason: "does not exist" } as const);
  const loaded = await parseConfig(config, { file, env, revision: 1, read });
  return loaded.ok ? [] : loaded.problems.map(formatProblem);
}

interface Done {
  readonly file: string;
  readonly envFile: string;
  readonly lines: readonly string[];
  readonly answers: Answers;
  readonly plan: Plan;
}

function sayWhatIsNext({ file, envFile, lines, answers, plan }: Done, { say }: Dialogue): void {
  const flag = flagFor(file);
  say(`\nWrote ${file}${lines.length === 0 ? "" : `, and ${envFile} for the keys`}.`);
  const later = answers.providers.filter(({ key }) => key.kind === "later");
  if (later.length > 0) {
    say(`Still to be put into ${envFile}: ${later.map(({ variable }) => variable).join(", ")}.`);
  }
  for (const { name } of plan.unserved) {
    say(`Nothing for ${name}: none of these providers speaks its format.`);
  }
  say(`\nTest with:  llm-proxy check -live${flag}`);
  say(`Run with:   ${runLine(file)}`);
  const isWindows = Deno.build.os === "windows";
  const url = `http://${LISTEN}`;
  for (const client of plan.served) {
    say(`\n${client.name}:`);
    linesFor(client, { url, isWindows, alias: plan.alias }).forEach((line) => say(`  ${line}`));
  }
}

function runLine(file: string): string {
  return `llm-proxy${flagFor(file)}`;
}

function flagFor(file: string): string {
  return file === "config.yaml" ? "" : configFlag(file);
}
