/** Finds out at the start, rather than at the first request, that logs cannot be written. */
import { dirname } from "node:path";
import type { LoggingSettings } from "../config/snapshot.ts";
import { ownStream } from "./own_stream.ts";
import { errorWords } from "../system/error_words.ts";

/** A line for each log directory that cannot be written, with its reason. */
export async function unwritableLogs(logging: LoggingSettings): Promise<string[]> {
  const { requestDir, errorDir, generalFile } = logging;
  const places: [string, string][] = [
    ["logging.request_dir", requestDir],
    ["logging.error_dir", errorDir],
    ["logging.general_file", isFile(generalFile) ? dirname(generalFile) : ""],
  ];
  const faults = await Promise.all(
    places.filter(([, directory]) => directory !== "").map(([key, path]) => probe(key, path)),
  );
  return faults.flat();
}

function isFile(path: string): boolean {
  return path !== "" && ownStream(path) === undefined;
}

async function probe(key: string, directory: string): Promise<string[]> {
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    await Deno.remove(await Deno.makeTempFile({ dir: directory, prefix: ".probe-" }));
    return [];
  } catch (cause) {
    const why = errorWords(cause);
    return [`${key}: cannot write to ${directory}: ${why}. The proxy serves without that log.`];
  }
}
