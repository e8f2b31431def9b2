/** What a service manager has to know of the program and its configuration. */
import { dirname } from "node:path";
import type { Snapshot } from "../../config/snapshot.ts";

export interface ServiceFacts {
  /** The whole command line, the executable first; every path is absolute. */
  readonly command: readonly string[];
  /** Where it runs: the configuration's folder. */
  readonly directory: string;
  /** The folders that the configuration writes to, none within another. */
  readonly writable: readonly string[];
  /** Longer than it takes to end in order, in seconds. */
  readonly stopSeconds: number;
  readonly port: number;
  /** The user and group that the configuration belongs to; undefined where systems have no numbers for them. */
  readonly owner: { readonly user: number; readonly group: number } | undefined;
  /** Who calls this, by name; empty where that is not known. */
  readonly userName: string;
  /** Names of the variables that the configuration has from whoever calls this, and a service will not. */
  readonly variables: readonly string[];
}

/** One file for a service manager, and how it is handed over. */
export interface ServiceFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Lines for a shell, in order. */
  readonly commands: readonly string[];
  /** What it does and does not, a line for a person each. */
  readonly notes: readonly string[];
}

/** What is written after the last response has ended takes a while, too. */
const AFTER_DRAIN_SECONDS = 10;

/** As long as the drain, and what comes after it. */
export function stopSecondsOf({ limits }: Snapshot): number {
  return Math.ceil(limits.drainMs / 1000) + AFTER_DRAIN_SECONDS;
}

/** The folders that logs, the history and the list of stored objects are in, none within another. */
export function foldersOf({ logging, history, fallback }: Snapshot): readonly string[] {
  const files = [logging.generalFile, history.file, fallback.storedIdsFile];
  const parents = files.filter((file) => file !== "").map((file) => dirname(file));
  const dirs = [logging.requestDir, logging.errorDir].filter((dir) => dir !== "");
  const all = [...new Set([...dirs, ...parents])].sort();
  return all.filter((dir) => !all.some((other) => other !== dir && isWithin(dir, other)));
}

/** Whether a path is that folder or below it. */
export function isWithin(path: string, folder: string): boolean {
  const start = /[\\/]$/.test(folder) ? folder : `${folder}${folder.includes("\\") ? "\\" : "/"}`;
  return path === folder || path.startsWith(start);
}
