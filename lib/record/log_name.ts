/** The names of request logs: when the request came in, and its id. */
import { join } from "node:path";
import type { Entry } from "./entry.ts";

/** `2026-01-01T12-00-00.000Z_679a3f2a.log`: sorts by time, and is a name on every system. */
export function logNameOf(
  { receivedAt, id }: { readonly receivedAt: Date; readonly id: string },
): string {
  return `${timestampOf(receivedAt)}_${id}.log`;
}

/** How the names of logs of that time begin. */
export function timestampOf(time: Date): string {
  return time.toISOString().replaceAll(":", "-");
}

const NAME = /^(?<minute>\d{4}-\d\d-\d\dT\d\d-\d\d)-\d\d\.\d{3}Z_[\da-f]{8}\.log$/;

/** The minute in a log's name, `2026-01-01T12-00`; undefined for a file that is not ours. */
export function minuteOf(name: string): string | undefined {
  return NAME.exec(name)?.groups?.minute;
}

/** The request's own file, and a copy beside the errors when an attempt failed. */
export function logPathsOf({ arrival }: Entry, failed: boolean): string[] {
  const { requestDir, errorDir } = arrival.snapshot.logging;
  const directories = [requestDir, failed ? errorDir : ""].filter((path) => path !== "");
  return directories.map((directory) => join(directory, logNameOf(arrival)));
}
