/** What `.env` beside a configuration gives its placeholders, and nothing else. */
import { dirname, join } from "node:path";
import { type EnvLine, type EnvLines, parseEnvLines } from "./env_syntax.ts";
import type { ParseOptions } from "./loaded.ts";
import type { Problem } from "./problem.ts";
import { envFilePath, type EnvFileText } from "./read_env_file.ts";

export interface EnvFile {
  /** What `${NAME}` stands for: the environment's, and where it has none the file's. */
  readonly env: (name: string) => string | undefined;
  /** Its values, used or not: what stands in such a file is meant for nobody's eyes. */
  readonly secrets: readonly string[];
  /** Why nothing may be made of the configuration. */
  readonly problems: readonly Problem[];
  /** Why it says nothing, though it is there: where a variable is missing, most likely the cause. */
  readonly notRead: readonly Problem[];
  /** What does not count of what it says. */
  readonly warnings: readonly Problem[];
  /** What it was when it was read. */
  readonly read: EnvFileText;
  /** Its path, whether there is such a file or not; none where it is not looked for. */
  readonly paths: readonly string[];
  /** Whether it could not be read for want of descriptors or memory. */
  readonly isPassing: boolean;
}

/** @param used the names that the configuration's placeholders have */
export async function loadEnvFile(
  used: ReadonlySet<string>,
  { file, env, readEnvFile }: Pick<ParseOptions, "file" | "env" | "readEnvFile">,
): Promise<EnvFile> {
  const path = readEnvFile === undefined ? undefined : envFilePath(file);
  const read: EnvFileText = path === undefined || readEnvFile === undefined
    ? { kind: "absent" }
    : await readEnvFile(path, file);
  return {
    ...meaningOf(read, { file: join(dirname(file), ".env"), env, used }),
    read,
    paths: path === undefined ? [] : [path],
    isPassing: read.kind === "unreadable" && read.isPassing,
  };
}

interface Around {
  /** The path, as messages name it. */
  readonly file: string;
  readonly env: (name: string) => string | undefined;
  readonly used: ReadonlySet<string>;
}

const NOTHING: EnvLines = { lines: [], faults: [] };

/** No message holds a value. */
function meaningOf(
  read: EnvFileText,
  { file, env, used }: Around,
): Omit<EnvFile, "read" | "paths" | "isPassing"> {
  const at = (line: number, message: string, path = ""): Problem => {
    return { file, line, column: 1, path, message };
  };
  const { lines, faults } = read.kind === "read" ? parseEnvLines(read.text) : NOTHING;
  const values = new Map(lines.map(({ name, value }) => [name, value]));
  const whole = "reason" in read ? [at(1, `the file ${read.reason}`)] : [];
  return {
    env: (name) => env(name) ?? values.get(name),
    secrets: lines.map(({ value }) => value.trim()).filter(isSecret),
    problems: [
      ...(read.kind === "unreadable" ? whole : []),
      ...faults.map(({ line, reason }) => at(line, `this line ${reason}`)),
    ],
    notRead: read.kind === "left" ? whole : [],
    warnings: notes(lines, { env, used }).map(({ line, name, message }) => at(line, message, name)),
  };
}

interface Note extends Pick<EnvLine, "name" | "line"> {
  readonly message: string;
}

/** What does not count of what is written. */
function notes(
  lines: readonly EnvLine[],
  { env, used }: Omit<Around, "file">,
): readonly Note[] {
  const last = new Map(lines.map(({ name, line }) => [name, line]));
  return lines.flatMap(({ name, line }) => {
    const counts = last.get(name);
    const message = counts !== line
      ? `does not count: line ${counts} has the same name; keep one`
      : whyWithoutEffect(name, { env, used });
    return message === undefined ? [] : [{ name, line, message }];
  }).slice(0, MOST_NOTES);
}

/** Nobody reads more. */
const MOST_NOTES = 100;

function whyWithoutEffect(
  name: string,
  { env, used }: Omit<Around, "file">,
): string | undefined {
  const given = env(name);
  if (given !== undefined) {
    const what = given === ""
      ? "is set in the environment, to nothing"
      : "is set in the environment";
    return `${what}, which overrides this line; remove one of the two`;
  }
  if (used.has(name) || !OF_THE_PROCESS.test(name)) return undefined;
  return `does nothing here: this file feeds \${${name}} in the configuration alone; set it in the ` +
    "environment of the process";
}

/** What is read from the environment by this program, or by what it runs on. */
const OF_THE_PROCESS =
  /^(?:(?:https?|all|no)_proxy|no_color|(?:deno|node|otel|ssl|llm_proxy)_\w+|tz|tmpdir)$/i;

/** Shorter ones the redactor only masks where a credential belongs. */
const SECRET_FROM_CHARACTERS = 6;

/** What hides nothing and would be hidden wherever somebody writes it. */
const TRIVIAL =
  /^(?:(?:https?:\/\/)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|)(?::\d{1,5})?\/?|passthrough|inject|openai|anthropic|gemini|weighted|round_robin|least_busy|fastest|least_bad|direct)$/i;

function isSecret(value: string): boolean {
  return value.length >= SECRET_FROM_CHARACTERS && !TRIVIAL.test(value);
}
