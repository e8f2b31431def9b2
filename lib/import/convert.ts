/** From the text of another program's configuration to the text of ours. */
import { parseConfig } from "../config/load.ts";
import { formatProblem } from "../config/problem.ts";
import { createRedactor } from "../record/redact.ts";
import { Entry } from "./entry.ts";
import { type Format, type FormatName, FORMATS, isAmbiguous, recognise } from "./formats.ts";
import type { ImportedConfig, Text } from "./model.ts";
import { formatNote, Notes } from "./notes.ts";
import { noteReach } from "./reach.ts";
import { parseSource } from "./parse_source.ts";
import { SecretNames } from "./secret_names.ts";
import type { SourceNode } from "./source_node.ts";
import { writeConfig } from "./write_config.ts";

export interface ConvertOptions {
  /** The source, as messages name it. */
  readonly file: string;
  /** Undefined to know it by its shape. */
  readonly from: FormatName | undefined;
  readonly env: (name: string) => string | undefined;
  /** What `.env` says already, by name. */
  readonly envFile: ReadonlyMap<string, string>;
}

export type Converted = Conversion | NoConversion;

export interface Conversion {
  readonly ok: true;
  /** What the source was taken for. */
  readonly title: string;
  readonly config: ImportedConfig;
  readonly text: string;
  /** What `.env` has to say besides, by name. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Variables that are set nowhere yet. */
  readonly missing: readonly string[];
  /** What could not be carried over, a line each, without credentials. */
  readonly notes: readonly string[];
}

export interface NoConversion {
  readonly ok: false;
  /** What is wrong, a line each, without credentials. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/** Neither throws, nor reads or writes a file. */
export async function convert(source: string, options: ConvertOptions): Promise<Converted> {
  const { file } = options;
  const parsed = parseSource(source, file);
  if (!parsed.ok) {
    return refused(parsed.faults.map(({ line, message }) => `${file}:${line}: ${message}`));
  }
  const name = options.from ?? recognise(parsed.node);
  if (name === undefined) return refused([`${file}:1: ${UNKNOWN}`]);
  return await withFormat(parsed.node, { ...options, format: FORMATS[name], name });
}

const UNKNOWN = "this is none of the formats that are known, by its keys; name it with -from " +
  `${Object.keys(FORMATS).join("|")}, or write the configuration by hand (llm-proxy init)`;

function refused(problems: readonly string[], notes: readonly string[] = []): NoConversion {
  return { ok: false, problems, notes };
}

interface WithFormat extends ConvertOptions {
  readonly format: Format;
  readonly name: FormatName;
}

async function withFormat(node: SourceNode, options: WithFormat): Promise<Converted> {
  const { file, format, env, envFile } = options;
  const notes = new Notes();
  const root = new Entry(node, [], notes);
  const config = format.read(root).finish();
  root.noteRest(format.explain);
  noteReach(notes, { line: node.line, config, program: format.program });
  if (/^(?:new|one)-api$/.test(options.name) && options.from === undefined && isAmbiguous(node)) {
    notes.add(root, AMBIGUOUS);
  }
  const names = new SecretNames({ file: envFile, env, named: namedIn(config) });
  const bare = writeConfig(config, { names, origin: format.title, notes: [] });
  const lines = maskedLines(notes, { file, secrets: names.added() });
  if (config.aliases.length === 0) return refused([`${file}:1: ${NOTHING}`], lines);
  const text = writeConfig(config, { names, origin: format.title, notes: commented(lines) });
  const secrets = names.added();
  const known = (variable: string) =>
    secrets.get(variable) ?? envFile.get(variable) ?? env(variable);
  if (envFile.size + secrets.size > MOST_VARIABLES) {
    return refused([`${file}:1: ${TOO_MANY_KEYS}`], lines);
  }
  const problems = await problemsOf(text, {
    file: `the configuration made of ${file}`,
    env: known,
  });
  if (problems.length > 0) return refused(problems, lines);
  const missing = [...variablesOf(bare)].filter((variable) => known(variable) === undefined);
  return { ok: true, title: format.title, config, text, secrets, missing, notes: lines };
}

/** As many as are read of a `.env`. */
const MOST_VARIABLES = 1000;
const TOO_MANY_KEYS =
  `its keys, with those that are in .env already, are more than ${MOST_VARIABLES}; import it in parts`;

const AMBIGUOUS =
  "new-api and one-api number their channels differently, and nothing here tells which it is: it was " +
  "taken for new-api; if it is not, import it again with -from one-api";
const NOTHING =
  "no model in it leads to a backend that could be carried over, so nothing is written; what is said " +
  "below says why (name its format with -from where it was taken for another)";

function maskedLines(
  notes: Notes,
  { file, secrets }: { readonly file: string; readonly secrets: ReadonlyMap<string, string> },
): readonly string[] {
  // A redactor that knows very many masks all; these are masked by their names, and their shapes.
  const long = [...secrets.values()].filter((value) => value.length >= TELLING_CHARACTERS);
  const known = long.length > MOST_KNOWN ? [] : long;
  const redactor = createRedactor({ enabled: true, secrets: known });
  return notes.all().map((note) => redactor.text(formatNote(file, note)).text);
}

const MOST_KNOWN = 100;
/** Shorter ones, such as `none`, are parts of words. */
const TELLING_CHARACTERS = 12;
const MOST_COMMENT_CHARACTERS = 200_000;

/** What of it has room in the configuration, which is read up to a size only. */
function commented(lines: readonly string[]): readonly string[] {
  let room = MOST_COMMENT_CHARACTERS;
  const fitting = lines.filter((line) => (room -= line.length) > 0);
  const rest = lines.length - fitting.length;
  return rest === 0 ? fitting : [...fitting, `and ${rest} more, which the import printed`];
}

function namedIn({ backends, clients }: ImportedConfig): ReadonlySet<string> {
  const texts: readonly Text[] = [
    ...clients.map(({ key }) => key),
    ...backends.flatMap((
      { url, keys, headers },
    ) => [url, ...keys, ...headers.map(([, text]) => text)]),
  ];
  return new Set(
    texts.flatMap((text) => text.kind === "written" ? [...variablesOf(text.text)] : []),
  );
}

function variablesOf(text: string): ReadonlySet<string> {
  const found = [...text.matchAll(/\$\$\{|\$\{([A-Za-z_]\w*)\}/g)];
  return new Set(found.flatMap(([, name]) => name ?? []));
}

/** Whether it can be put in force, with something in the place of what is not set yet. */
async function problemsOf(
  text: string,
  { file, env }: { readonly file: string; readonly env: (name: string) => string | undefined },
): Promise<readonly string[]> {
  const size = new TextEncoder().encode(text).length;
  if (size > MAX_CONFIG_BYTES) {
    return [
      `${file} would have ${size} bytes, and at most ${MAX_CONFIG_BYTES} are read; import it in parts`,
    ];
  }
  const loaded = await parseConfig(text, {
    file,
    revision: 1,
    env: (name) => env(name) ?? `https://${name.toLowerCase().replaceAll("_", "-")}.invalid`,
    read: () => Promise.resolve({ ok: false, reason: "is not read" }),
  });
  return loaded.ok ? [] : loaded.problems.map(formatProblem);
}

const MAX_CONFIG_BYTES = 1024 * 1024;
