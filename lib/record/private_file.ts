/** Files that only their owner may read, and that are where they seem to be. */
import { dirname } from "node:path";
import { renameOver } from "../system/rename.ts";

const DIRECTORY = { recursive: true, mode: 0o700 };

/** How often a file may come or go, as it is opened, before that is a fault. */
const MOST_TRIES = 3;

/**
 * Opens a file for reading and writing; makes it, and its directory, where it is missing.
 *
 * @throws Also where a link, or anything that is no file, stands there: see `proveOwn`.
 */
export function openPrivately(path: string): Deno.FsFile {
  return inDirectorySync(path, () => {
    for (let left = MOST_TRIES;; left--) {
      try {
        return openOnce(path);
      } catch (cause) {
        if (left <= 1 || !mayHaveMoved(cause)) throw cause;
      }
    }
  });
}

function openOnce(path: string): Deno.FsFile {
  const access = { read: true, write: true };
  const found = lookedAt(path);
  if (found === undefined) return Deno.openSync(path, { ...access, createNew: true, mode: 0o600 });
  const file = Deno.openSync(path, access);
  if (isSame(found, file.statSync())) return file;
  file.close();
  throw new Error(SWAPPED);
}

export interface AppendOptions {
  /**
   * Told what is open before anything is written, and whether it was missing until now. What it throws is
   * thrown on, and nothing is written.
   */
  readonly prove?: (found: Deno.FileInfo, how: { readonly isNew: boolean }) => Promise<void>;
}

/**
 * Adds to the end of a file, all or nothing; makes it, and its directory, where it is missing.
 *
 * @throws As above.
 */
export async function appendPrivately(
  path: string,
  text: string,
  { prove }: AppendOptions = {},
): Promise<void> {
  await inDirectory(path, async () => {
    const { file, isNew } = await openToAppend(path);
    using _ = file;
    await prove?.(await file.stat(), { isNew });
    await writeWhole(file, new TextEncoder().encode(text));
  });
}

interface Opened {
  readonly file: Deno.FsFile;
  readonly isNew: boolean;
}

async function openToAppend(path: string): Promise<Opened> {
  for (let left = MOST_TRIES;; left--) {
    try {
      return await openToAppendOnce(path);
    } catch (cause) {
      if (left <= 1 || !mayHaveMoved(cause)) throw cause;
    }
  }
}

async function openToAppendOnce(path: string): Promise<Opened> {
  const found = await Deno.lstat(path).catch(undefinedWhereMissing);
  if (found === undefined) {
    const file = await Deno.open(path, { append: true, createNew: true, mode: 0o600 });
    return { file, isNew: true };
  }
  prove(found);
  const file = await Deno.open(path, { append: true });
  if (isSame(found, await file.stat())) return { file, isNew: false };
  file.close();
  throw new Error(SWAPPED);
}

/**
 * Puts a file in the place of what is there, whole: who reads it meanwhile sees the old one or the new one. It
 * is written under a name that nothing has, so that two processes never write one draft.
 */
export async function replacePrivately(path: string, text: string): Promise<void> {
  const draft = `${path}.${crypto.randomUUID().slice(0, 8)}.new`;
  try {
    await inDirectory(
      path,
      () => Deno.writeTextFile(draft, text, { createNew: true, mode: 0o600 }),
    );
    await renameOver(draft, path);
  } catch (cause) {
    // One that was there already is nobody's to remove.
    if (!(cause instanceof Deno.errors.AlreadyExists)) await Deno.remove(draft).catch(() => {});
    throw cause;
  }
}

/**
 * Makes sure that a path leads to a file, or to nothing yet. A link is not followed: whoever may write
 * to the directory could lay one to a file of somebody else's, which would then be written to in our
 * name. A directory that is a link is the operator's own choice. A FIFO would be waited for.
 *
 * @throws It says what stands there.
 */
export function proveOwn(path: string): void {
  lookedAt(path);
}

function lookedAt(path: string): Deno.FileInfo | undefined {
  let found: Deno.FileInfo;
  try {
    found = Deno.lstatSync(path);
  } catch (cause) {
    return undefinedWhereMissing(cause);
  }
  prove(found);
  return found;
}

function prove({ isFile, isSymlink, isDirectory, isCharDevice }: Deno.FileInfo): void {
  if (isSymlink) {
    throw new Error("it is a symbolic link, which is not followed; name the file itself");
  }
  if (isDirectory) throw new Error("it is a directory");
  if (!isFile && isCharDevice !== true) throw new Error("it is no file");
}

const SWAPPED = "something else took its place as it was opened";

function isSame(one: Deno.FileInfo, other: Deno.FileInfo): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

/** It came or went between the look and the opening, as when logs are rotated. */
function mayHaveMoved(cause: unknown): boolean {
  return cause instanceof Deno.errors.AlreadyExists ||
    (cause instanceof Error && cause.message === SWAPPED);
}

function undefinedWhereMissing(cause: unknown): undefined {
  if (!(cause instanceof Deno.errors.NotFound)) throw cause;
}

/** A full disk takes a part at most: it is taken back, so that no line is there in half. */
async function writeWhole(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  let at = 0;
  try {
    while (at < bytes.length) at += await file.write(bytes.subarray(at));
  } catch (cause) {
    if (at > 0) await takeBack(file, at).catch(() => {});
    throw cause;
  }
}

/** Unless somebody else has written after it. */
async function takeBack(file: Deno.FsFile, bytes: number): Promise<void> {
  const end = await file.seek(0, Deno.SeekMode.Current);
  if ((await file.stat()).size === end) await file.truncate(end - bytes);
}

/** Acts on a file; once more after making its directory, where that was missing. */
export async function inDirectory(path: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    await Deno.mkdir(dirname(path), DIRECTORY);
    await act();
  }
}

/** The same at once. */
export function inDirectorySync<Result>(path: string, act: () => Result): Result {
  try {
    return act();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    Deno.mkdirSync(dirname(path), DIRECTORY);
    return act();
  }
}
