/** Files that are written once, whole, each by a name that nothing has. */
import { inDirectory, inDirectorySync } from "./private_file.ts";
import { errorWords } from "../system/error_words.ts";

export interface NewFile {
  /** Where it goes: each a file of its own. */
  readonly paths: readonly string[];
  readonly bytes: Uint8Array;
}

/** For each path why there is no file; undefined where there is one. */
export type Fates = readonly (string | undefined)[];

/** Writes files, and gives the fates of each. Never rejects. */
export type WriteFiles = (files: readonly NewFile[]) => Promise<readonly Fates[]>;

const OPTIONS = { createNew: true, mode: 0o600 };

/** One after the other, so that a slow disk keeps nobody waiting but these. */
export const writeNewFiles: WriteFiles = async (files) => {
  const fates: Fates[] = [];
  for (const { paths, bytes } of files) {
    const written: (string | undefined)[] = [];
    for (const path of paths) written.push(await writeNew(path, bytes).then(nothing, wordsOf));
    fates.push(written);
  }
  return fates;
};

/** The same at once, for a thread that has nothing else to do. */
export function writeNewFilesSync(files: readonly NewFile[]): Fates[] {
  return files.map(({ paths, bytes }) => paths.map((path) => writeNewSync(path, bytes)));
}

/** Creates a file, and its directory if need be, readable by its owner alone. */
async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await inDirectory(path, () => Deno.writeFile(path, bytes, OPTIONS));
  } catch (cause) {
    if (isOurs(cause)) await Deno.remove(path).catch(nothing);
    throw cause;
  }
}

function writeNewSync(path: string, bytes: Uint8Array): string | undefined {
  try {
    inDirectorySync(path, () => Deno.writeFileSync(path, bytes, OPTIONS));
    return undefined;
  } catch (cause) {
    if (isOurs(cause)) removeSync(path);
    return wordsOf(cause);
  }
}

function removeSync(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Nothing was made.
  }
}

/** What exists already is somebody else's; after any other fault what is there of it was made here. */
function isOurs(cause: unknown): boolean {
  return !(cause instanceof Deno.errors.AlreadyExists);
}

function wordsOf(cause: unknown): string {
  return errorWords(cause);
}

function nothing(): undefined {}
