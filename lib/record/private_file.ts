/** Files that only their owner may read. */
import { dirname } from "node:path";

const DIRECTORY = { recursive: true, mode: 0o700 };

/** Opens a file for reading and writing; makes it, and its directory, where it is missing. */
export function openPrivately(path: string): Deno.FsFile {
  const options = { read: true, write: true, create: true, mode: 0o600 };
  return inDirectorySync(path, () => Deno.openSync(path, options));
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
