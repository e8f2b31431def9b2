/** Files that only their owner may read. */
import { dirname } from "node:path";

/** Opens a file for reading and writing; makes it, and its directory, where it is missing. */
export function openPrivately(path: string): Deno.FsFile {
  const options = { read: true, write: true, create: true, mode: 0o600 };
  try {
    return Deno.openSync(path, options);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return Deno.openSync(path, options);
  }
}
