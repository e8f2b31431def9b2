/** What a watcher of the configuration is given, and whom it tells. */
import type { FileStamps } from "./file_stamps.ts";
import type { ConfigSources, LoadedSnapshot } from "./load.ts";
import type { Problem } from "./problem.ts";
import type { Snapshot } from "./snapshot.ts";

export interface ConfigWatcherOptions {
  /** What is in force at the start, and the file it came from. */
  readonly first: LoadedSnapshot;
  readonly file: string;
  readonly env: (name: string) => string | undefined;
  /** Another configuration is in force, and what it was made of. */
  readonly onSnapshot: (next: Snapshot, previous: Snapshot, sources: ConfigSources) => void;
  /** The file was saved with errors; what was in force stays. Once for the same content. */
  readonly onProblems: (problems: readonly Problem[]) => void;
  /** A line for a person; also what a callback threw. */
  readonly onWarning: (line: string) => void;
  /** Between two looks at the files. Default 200. */
  readonly pollMs?: number;
  /** How long the files must have been left alone before they are read. Default 200. */
  readonly stableMs?: number;
  /** Default one of its own. */
  readonly stamps?: FileStamps;
}

/** What came of reading the files: only `loaded` has changed anything. */
export type Reading = "loaded" | "same" | "refused" | "missing" | "unread";
