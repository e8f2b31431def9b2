/** The paths that the general log must not be written to. */
import type { Snapshot } from "../config/snapshot.ts";

/** The files that are kept beside the general log. */
export function keptBeside({ history, fallback }: Snapshot): string[] {
  const database = history.file === "" ? [] : ["", "-wal", "-shm"].map((end) => history.file + end);
  return [...database, fallback.storedIdsFile].filter((path) => path !== "");
}
