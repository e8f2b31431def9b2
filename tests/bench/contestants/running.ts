/** Contestants as processes. */
import type { Started } from "../machine/processes.ts";
import type { Name, Running } from "./contestant.ts";

export interface RunningOptions {
  readonly name: Name;
  readonly port: number;
  readonly process: Started;
  readonly headers?: readonly string[];
  readonly verbatim?: boolean;
}

export function running(options: RunningOptions): Running {
  const { name, port, process, headers = [], verbatim = true } = options;
  return {
    name,
    port,
    pid: process.pid,
    headers,
    verbatim,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}
