/** Opens the history's file, whatever state it is in. */
import { hasDescriptors } from "../system/descriptors.ts";
import { isShortage } from "../system/shortage.ts";
import { proveOwn } from "./private_file.ts";
import { HistoryFile } from "./history_file.ts";
import { FOREIGN } from "./history_schema.ts";

/**
 * What is wrong with it: damaged files are set aside, the others may get well by themselves. Short is
 * this machine, of descriptors or memory.
 */
export type HistoryTrouble = "damaged" | "locked" | "short" | "other";

/** https://www.sqlite.org/rescode.html; extended codes have these as their last byte. */
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_NOMEM = 7;
const SQLITE_CORRUPT = 11;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

export function troubleOf(cause: unknown): HistoryTrouble {
  const code = resultCode(cause);
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) return "damaged";
  if (isShortage(cause) || code === SQLITE_NOMEM) return "short";
  // It does not say why it cannot open a file.
  if (code === SQLITE_CANTOPEN && !hasDescriptors(FOR_A_DATABASE)) return "short";
  return code === SQLITE_BUSY || code === SQLITE_LOCKED ? "locked" : "other";
}

/** The file, its log, the log's index, and the handle that keeps its locks. */
const FOR_A_DATABASE = 6;

function resultCode(cause: unknown): number | undefined {
  if (!(cause instanceof Error) || !("errcode" in cause)) return undefined;
  return typeof cause.errcode === "number" ? cause.errcode & 0xff : undefined;
}

/** Opens the file. @throws What stands in the way; of somebody else's file, that it is. */
export function openHistory(path: string): HistoryFile {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) proveOwn(path + suffix);
  if (!mayBeOurs(path)) {
    throw new Error(FOREIGN);
  }
  return new HistoryFile(path);
}

/** How every SQLite file begins: https://www.sqlite.org/fileformat.html#magic_header_string */
const MAGIC = "SQLite format 3\0";

/**
 * Whether a file begins as ours does. One of zeros is ours too: that is what a loss of power leaves
 * of a file that was growing.
 */
function mayBeOurs(path: string): boolean {
  try {
    using file = Deno.openSync(path);
    const start = new Uint8Array(MAGIC.length);
    const bytes = file.readSync(start) ?? 0;
    const isZero = start.every((byte) => byte === 0);
    return isZero || MAGIC.startsWith(new TextDecoder().decode(start.subarray(0, bytes)));
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return true;
    throw cause;
  }
}

/** Renames a damaged file, with its log; gives the new name. It must be closed. */
export function setAside(path: string, now: Date): string {
  const aside = `${path}.damaged-${now.toISOString().replaceAll(":", "-")}`;
  Deno.renameSync(path, aside);
  for (const suffix of ["-wal", "-shm"]) {
    try {
      Deno.renameSync(path + suffix, aside + suffix);
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    }
  }
  return aside;
}
