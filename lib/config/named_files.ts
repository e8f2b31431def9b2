/** The files that `${file:PATH}` names in a configuration, and what goes in its place. */
import { dirname, resolve } from "node:path";
import type { Document } from "./document.ts";
import { expandHome } from "./home_path.ts";
import type { ParseOptions } from "./load.ts";
import type { Parsed } from "./parsed.ts";
import { placeholderFiles, replacePlaceholders } from "./placeholders.ts";

/** More are not read. */
const MAX_FILES = 100;

/** What they hold, and where they are. */
export interface NamedFiles {
  readonly paths: readonly string[];
  readonly contents: readonly string[];
  readonly byName: ReadonlyMap<string, Parsed<string>>;
}

/** Of a configuration that cannot be parsed. */
export const NO_FILES: NamedFiles = { paths: [], contents: [], byName: new Map() };

/** Reads them, whatever else is wrong with the configuration. */
export async function readNamedFiles(
  document: Document,
  { file, read, env }: ParseOptions,
): Promise<NamedFiles> {
  const names = [...new Set(document.strings.flatMap(placeholderFiles))].slice(0, MAX_FILES);
  const found = names.map((name) => expandHome(name, env));
  const paths = found.map((path) =>
    path.ok ? resolve(dirname(resolve(file)), path.value) : undefined
  );
  const results = await Promise.all(found.map((path, index) => {
    const at = paths[index];
    return path.ok && at !== undefined ? read(at) : path;
  }));
  return {
    paths: paths.filter((path) => path !== undefined),
    contents: results.map(contentOf),
    byName: new Map(names.flatMap((name, index) => {
      const result = results[index];
      return result === undefined ? [] : [[name, fileValue(name, result)] as const];
    })),
  };
}

/** What a file says, or why it says nothing: what tells one state of it from another. */
export function contentOf(read: Parsed<string>): string {
  return read.ok ? read.value : read.reason;
}

function fileValue(name: string, read: Parsed<string>): Parsed<string> {
  if (!read.ok) return { ok: false, reason: `the file ${name} ${read.reason}` };
  return { ok: true, value: read.value.replace(/\r?\n$/, "") };
}

/** Puts variables and files in their places. */
export function replacer(
  { byName }: NamedFiles,
  { env }: Pick<ParseOptions, "env">,
): (text: string) => Parsed<string> {
  const tooMany = { ok: false, reason: `more than ${MAX_FILES} files are named` } as const;
  const file = (name: string) => byName.get(name) ?? tooMany;
  return (text) => replacePlaceholders(text, { env, file });
}
