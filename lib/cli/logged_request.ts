/** The log file that a command is to read: a path, or the id that lines of the general log end with. */
import type { Parsed } from "../config/parsed.ts";
import type { Snapshot } from "../config/snapshot.ts";
import type { RequestRow } from "../record/history_rows.ts";
import { logsOfRequest, requestIdIn, rowsOfRequest } from "../record/request_traces.ts";

const MOST_NAMED = 5;

/** The path; or why there is none, for a person: what is missing, and what is known all the same. */
export async function logFileFor(
  text: string,
  { logging, history }: Pick<Snapshot, "logging" | "history">,
): Promise<Parsed<string>> {
  const id = await isThere(text) ? undefined : requestIdIn(text);
  if (id === undefined) return { ok: true, value: text };
  const directories = [...new Set([logging.requestDir, logging.errorDir])].filter(Boolean);
  const [file, ...others] = await logsOfRequest(id, directories);
  if (file !== undefined && others.length === 0) return { ok: true, value: file };
  if (file !== undefined) {
    const shown = [file, ...others].slice(0, MOST_NAMED).join(", ");
    const reason = `${others.length + 1} requests have such an id; name one of the files: ${shown}`;
    return { ok: false, reason };
  }
  const where = directories.length === 0
    ? "request logs are turned off (logging.request_dir)"
    : `no log of it is in ${directories.join(" or ")}`;
  return { ok: false, reason: `${where}; ${known(rowsOfRequest(id, history.file), history.file)}` };
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

/** What the history says of it. */
function known(rows: readonly RequestRow[], file: string): string {
  const [row, ...others] = rows;
  if (file === "") return "and there is no history to ask (history.file)";
  if (row === undefined) return `the history (${file}) does not know it either`;
  const why = row.logFile === ""
    ? "whose log was not kept"
    : "whose log is deleted by now, as logging.retain_days and max_total_mb have it";
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  return `the history has ${requestWords(row)}, ${why}${more}`;
}

/** Such as `2026-01-01T12:00:00.000Z POST /v1/messages claude-opus -> provider-b 200`. */
export function requestWords(
  row: Pick<RequestRow, "receivedAtMs" | "method" | "path" | "alias" | "backend" | "status">,
): string {
  const { receivedAtMs, method, path, alias, backend, status } = row;
  const to = backend === "" ? "" : ` -> ${backend}`;
  const ended = status === null ? "" : ` ${status}`;
  return `${new Date(receivedAtMs).toISOString()} ${method} ${path} ${alias}${to}${ended}`;
}
