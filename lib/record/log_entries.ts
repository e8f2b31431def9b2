/** The request logs in a directory, one after the other: there may be a million of them. */
import { minuteOf } from "./log_name.ts";

export interface LogEntry {
  readonly name: string;
  readonly minute: string;
}

/** After so many entries others have a turn. */
const TURN = 500;

/** @throws The directory cannot be read. */
export async function* logsIn(directory: string): AsyncIterable<LogEntry> {
  let seen = 0;
  for await (const { name, isFile } of Deno.readDir(directory)) {
    if (++seen % TURN === 0) await new Promise((resolve) => setTimeout(resolve));
    const minute = isFile ? minuteOf(name) : undefined;
    if (minute !== undefined) yield { name, minute };
  }
}
