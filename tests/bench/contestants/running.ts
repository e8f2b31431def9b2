/** Contestants as processes. */
import type { Started } from "../machine/processes.ts";
import type { Name, Running } from "./contestant.ts";

export interface RunningOptions {
  readonly name: Name;
  readonly port: number;
  readonly process: Started;
  readonly headers?: readonly string[];
  readonly verbatim?: boolean;
  /** Directories of files by request. */
  readonly logs?: readonly string[];
}

export function running(options: RunningOptions): Running {
  const { name, port, process, headers = [], verbatim = true, logs = [] } = options;
  return {
    name,
    port,
    pid: process.pid,
    headers,
    verbatim,
    tidy: async () => void await Promise.all(logs.map(emptied)),
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

async function emptied(directory: string): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(directory)) await removed(`${directory}/${name}`);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
  }
}

async function removed(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (cause) {
    // A file that is written beside and then renamed may be gone by now.
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
  }
}
