import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import { buildSnapshot } from "./build_snapshot.ts";
import { type CheckedTree, checkTree } from "./check_tree.ts";
import { regexpsFor } from "./error_patterns.ts";
import type { CrossCheckOptions } from "./cross_checks.ts";
import { type Document, parseDocument } from "./document.ts";
import { expandHomes } from "./home_path.ts";
import type { Parsed } from "./parsed.ts";
import { contentOf, type NamedFiles, NO_FILES, readNamedFiles, replacer } from "./named_files.ts";
import { lookAround, type Seen, UNSEEN } from "./look_around.ts";
import { MACHINE, type Machine } from "./machine.ts";
import { errorPatternsOf } from "./pattern_checks.ts";
import { readPemFiles } from "./pem_files.ts";
import type { Fault } from "./place.ts";
import { inOrder, limited, toProblem } from "./located.ts";
import { positionAt } from "./position.ts";
import { formatProblem, type Problem } from "./problem.ts";
import { TextReader } from "./read_text.ts";
import type { ListenAddress, Snapshot } from "./snapshot.ts";
import type { Tree } from "./tree.ts";

/** A configuration that can be put in force, or everything that is wrong with it. */
export type Loaded = LoadedSnapshot | LoadedProblems;

interface LoadedSources {
  /** Absolute paths of the `${file:PATH}` placeholders and of PEM files. */
  readonly dependencies: readonly string[];
  /** The same for the same content of the file and its dependencies. */
  readonly fingerprint: string;
}

export interface LoadedSnapshot extends LoadedSources {
  readonly ok: true;
  readonly snapshot: Snapshot;
  readonly sources: ConfigSources;
}

/** Plain values that the same configuration can be made of again, whatever the files say by then. */
export interface ConfigSources extends Omit<LoadOptions, "env"> {
  readonly file: string;
  readonly text: string;
  /** What was read besides, by absolute path. */
  readonly files: ReadonlyMap<string, Parsed<string>>;
}

export interface LoadedProblems extends LoadedSources {
  readonly ok: false;
  /** Sorted by position. */
  readonly problems: readonly Problem[];
  /** Whether files could not be read for want of descriptors or memory, and may be right. */
  readonly isPassing: boolean;
}

export interface LoadOptions {
  readonly revision: number;
  readonly env: (name: string) => string | undefined;
  /** On a reload, where the proxy really listens until it is restarted. */
  readonly listening?: ListenAddress | undefined;
}

export interface ParseOptions extends LoadOptions {
  /** The configuration file: for messages, and because relative paths start in its directory. */
  readonly file: string;
  /** Reads the file of a `${file:PATH}`, or a PEM file, by its absolute path. */
  readonly read: (path: string) => Promise<Parsed<string>>;
  /** Asked which files are one, and which addresses are its own; undefined where that is known to be right. */
  readonly machine?: Machine | undefined;
}

/** Loads a configuration file. A file that cannot be read is one Problem; nothing throws or hangs. */
export async function loadConfig(path: string, options: LoadOptions): Promise<Loaded> {
  const reader = new TextReader();
  const loaded = await loadWith(reader.read, path, options);
  return loaded.ok ? loaded : { ...loaded, isPassing: reader.isShort };
}

async function loadWith(
  read: ParseOptions["read"],
  path: string,
  options: LoadOptions,
): Promise<Loaded> {
  const text = await read(path);
  if (text.ok) {
    return await parseConfig(text.value, { ...options, file: path, read, machine: MACHINE });
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
  { text, files, ...rest }: ConfigSources,
  env: LoadOptions["env"],
): Promise<Loaded> {
  const unread = { ok: false, reason: "was not read" } as const;
  const read = (path: string) => Promise.resolve(files.get(path) ?? unread);
  return parseConfig(text, { ...rest, env, read });
}

/** The configuration that a text means. A byte order mark and CRLF are no matter. */
export async function parseConfig(source: string, given: ParseOptions): Promise<Loaded> {
  const contents = new Map<string, Parsed<string>>();
  const options = { ...given, read: remembering(given.read, contents) };
  const text = source.replace(/^\uFEFF/, "");
  const parsed = parseDocument(text);
  const files = parsed.ok ? await readNamedFiles(parsed.document, options) : NO_FILES;
  const tree = parsed.ok ? treeOf(parsed.document, files, options) : undefined;
  const directory = dirname(resolve(options.file));
  const pemFiles = tree === undefined
    ? new Map<string, Parsed<string>>()
    : await readPemFiles(tree.value, { ...tree, ...options, directory });
  const regexps = await regexpsFor(errorPatternsOf(tree?.value));
  const sources = {
    dependencies: [...new Set([...files.paths, ...pemFiles.keys()])],
    fingerprint: digest([text, ...files.contents, ...[...pemFiles.values()].map(contentOf)]),
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
    });
  const locate = (fault: Fault) => toProblem(fault, { text, file: options.file });
  if (checked.config === undefined) {
    const problems = limited(checked.errors, locate);
    return { ok: false, problems, isPassing: false, ...sources };
  }
  const warnings = inOrder(checked.warnings).map((warning) => formatProblem(locate(warning)));
  return {
    ok: true,
    snapshot: buildSnapshot(checked.config, { ...options, warnings, pemFiles, regexps }),
    sources: sourcesOf(text, { ...options, files: contents }),
    ...sources,
  };
}

async function checkedOn(
  tree: Tree,
  { machine }: ParseOptions,
  options: Omit<CrossCheckOptions, "place" | keyof Seen>,
): Promise<CheckedTree> {
  const seen = machine === undefined
    ? UNSEEN
    : await lookAround(tree.value, { ...options, place: tree.place, machine });
  return checkTree(tree, { ...options, ...seen });
}

/** With placeholders replaced and `~` as the home directory. */
function treeOf(document: Document, files: NamedFiles, options: ParseOptions): Tree {
  const tree = document.toTree(replacer(files, options));
  const faults = expandHomes(tree.value, { place: tree.place, env: options.env });
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
  { file, revision, listening, files }: ParseOptions & Pick<ConfigSources, "files">,
): ConfigSources {
  return { file, text, files, revision, listening };
}

function digest(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
