/** Loads a configuration: reads the file and what it names, checks all of it, and makes one value. */
import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import { buildSnapshot } from "./build_snapshot.ts";
import { type CheckedTree, checkTree, type CheckTreeOptions } from "./check_tree.ts";
import { regexpsFor } from "./error_patterns.ts";
import { type Document, parseDocument } from "./document.ts";
import { type EnvFile, loadEnvFile } from "./env_file.ts";
import { expandHomes } from "./home_path.ts";
import type { Parsed } from "./parsed.ts";
import { contentOf, type NamedFiles, NO_FILES, readNamedFiles, replacer } from "./named_files.ts";
import { lookAround, type Seen, UNSEEN } from "./look_around.ts";
import { MACHINE } from "./machine.ts";
import { errorPatternsOf } from "./pattern_checks.ts";
import { readPemFiles } from "./pem_files.ts";
import type { Fault } from "./place.ts";
import type {
  ConfigSources,
  Loaded,
  LoadedProblems,
  LoadedSnapshot,
  LoadOptions,
  ParseOptions,
} from "./loaded.ts";
import { inOrder, limited, toProblem } from "./located.ts";
import { positionAt } from "./position.ts";
import { placeholderNames } from "./placeholders.ts";
import { formatProblem } from "./problem.ts";
import { readEnvFile } from "./read_env_file.ts";
import { TextReader } from "./read_text.ts";
import type { Tree } from "./tree.ts";

export type { ConfigSources, Loaded, LoadedProblems, LoadedSnapshot, LoadOptions, ParseOptions };

/** Loads a configuration file. A file that cannot be read is one Problem; nothing throws or hangs. */
export async function loadConfig(path: string, options: LoadOptions): Promise<Loaded> {
  const reader = new TextReader();
  const loaded = await loadWith(reader, path, options);
  return loaded.ok ? loaded : { ...loaded, isPassing: loaded.isPassing || reader.isShort };
}

async function loadWith(
  { read }: TextReader,
  path: string,
  options: LoadOptions,
): Promise<Loaded> {
  const text = await read(path);
  if (text.ok) {
    const around = { file: path, read, readEnvFile, machine: MACHINE };
    return await parseConfig(text.value, { ...options, ...around });
  }
  const problem = {
    file: path,
    line: 1,
    column: 1,
    path: "",
    message: `the file ${text.reason}${MISSING.test(text.reason) ? TO_BEGIN : ""}`,
  };
  const fingerprint = digest([text.reason]);
  return { ok: false, problems: [problem], dependencies: [], fingerprint, isPassing: false };
}

const MISSING = /^does not exist/;
const TO_BEGIN = "; llm-proxy init writes one to start from, -config PATH names another";

/** The configuration that was made of these before. */
export function reloadConfig(
  { text, files, envFile, ...rest }: ConfigSources,
  env: LoadOptions["env"],
): Promise<Loaded> {
  const unread = { ok: false, reason: "was not read" } as const;
  const read = (path: string) => Promise.resolve(files.get(path) ?? unread);
  return parseConfig(text, { ...rest, env, read, readEnvFile: () => Promise.resolve(envFile) });
}

/** The configuration that a text means. A byte order mark and CRLF are no matter. */
export async function parseConfig(source: string, given: ParseOptions): Promise<Loaded> {
  const contents = new Map<string, Parsed<string>>();
  const options = { ...given, read: remembering(given.read, contents) };
  const text = source.replace(/^\uFEFF/, "");
  const parsed = parseDocument(text);
  const strings = parsed.ok ? parsed.document.strings : [];
  const envFile = await loadEnvFile(new Set(strings.flatMap(placeholderNames)), options);
  const files = parsed.ok ? await readNamedFiles(parsed.document, options) : NO_FILES;
  const tree = parsed.ok ? treeOf(parsed.document, { ...options, files, envFile }) : undefined;
  const directory = dirname(resolve(options.file));
  const pemFiles = tree === undefined
    ? new Map<string, Parsed<string>>()
    : await readPemFiles(tree.value, { ...tree, ...options, directory });
  const regexps = await regexpsFor(errorPatternsOf(tree?.value));
  const read = [...files.contents, ...[...pemFiles.values()].map(contentOf)];
  const sources = {
    dependencies: [...new Set([...envFile.paths, ...files.paths, ...pemFiles.keys()])],
    fingerprint: digest([text, JSON.stringify(envFile.read), ...read]),
  };
  const checked = tree === undefined
    ? { config: undefined, errors: parsed.ok ? [] : parsed.faults, warnings: [] }
    : await checkedOn(tree, options, {
      lineOf: (offset) => positionAt(text, offset).line,
      listening: options.listening,
      pemFiles,
      regexps,
      directory,
      file: options.file,
      namedFiles: files.paths,
      secrets: envFile.secrets,
    });
  const locate = (fault: Fault) => toProblem(fault, { text, file: options.file });
  const { problems: broken, notRead, secrets: moreSecrets } = envFile;
  if (checked.config === undefined || broken.length > 0) {
    const problems = [...broken, ...notRead, ...limited(checked.errors, locate)];
    return { ok: false, problems, isPassing: envFile.isPassing, ...sources };
  }
  const odd = [...notRead, ...envFile.warnings, ...inOrder(checked.warnings).map(locate)];
  const more = { warnings: odd.map(formatProblem), pemFiles, moreSecrets };
  return {
    ok: true,
    snapshot: buildSnapshot(checked.config, { ...options, ...more, regexps }),
    sources: sourcesOf(text, { ...options, files: contents, envFile: envFile.read }),
    ...sources,
  };
}

async function checkedOn(
  tree: Tree,
  { machine }: ParseOptions,
  options: Omit<CheckTreeOptions, keyof Seen>,
): Promise<CheckedTree> {
  const seen = machine === undefined
    ? UNSEEN
    : await lookAround(tree.value, { ...options, place: tree.place, machine });
  return checkTree(tree, { ...options, ...seen });
}

/**
 * With placeholders replaced and `~` as the home directory: the environment's, since `.env` feeds
 * placeholders alone.
 */
function treeOf(
  document: Document,
  { files, envFile, env }: {
    readonly files: NamedFiles;
    readonly envFile: EnvFile;
    readonly env: ParseOptions["env"];
  },
): Tree {
  const tree = document.toTree(replacer(files, envFile));
  const faults = expandHomes(tree.value, { place: tree.place, env });
  return { ...tree, faults: [...tree.faults, ...faults] };
}

function remembering(
  read: ParseOptions["read"],
  contents: Map<string, Parsed<string>>,
): ParseOptions["read"] {
  return async (path) => {
    const content = await read(path);
    contents.set(path, content);
    return content;
  };
}

function sourcesOf(
  text: string,
  { file, revision, listening, files, envFile }:
    & ParseOptions
    & Pick<ConfigSources, "files" | "envFile">,
): ConfigSources {
  return { file, text, files, envFile, revision, listening };
}

function digest(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
