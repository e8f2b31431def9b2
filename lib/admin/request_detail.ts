/** One request: its row, its attempts, and its log file in parts where that still exists. */
import { basename, join } from "node:path";
import type { Snapshot } from "../config/snapshot.ts";
import { parseRequestLog, type RequestLog } from "../record/parse_request_log.ts";
import type { AdminContext } from "./context.ts";
import type { LiveDetail, LiveRow } from "./live_row.ts";

/** Why there is no log: open · off: logs are turned off · gone: deleted, or not written yet · … */
export type LogAbsence = "open" | "off" | "gone" | "too_large" | "unreadable";

export interface RequestDetailView extends LiveDetail {
  readonly log: RequestLog | undefined;
  /** Undefined where there is a log. */
  readonly noLog: LogAbsence | undefined;
}

const MOST_LOG_BYTES = 16 * 1024 * 1024;

/** Undefined for an id that neither memory nor the history knows: no path is made of it. */
export async function requestDetailView(
  id: string,
  context: AdminContext,
): Promise<RequestDetailView | undefined> {
  const detail: LiveDetail | undefined = context.history.request(id) ?? context.live.find(id);
  if (detail === undefined) return undefined;
  const log = await logOf(detail.request, context.current());
  return typeof log === "string"
    ? { ...detail, log: undefined, noLog: log }
    : { ...detail, log, noLog: undefined };
}

async function logOf(
  { ending, logFile }: LiveRow,
  { logging }: Snapshot,
): Promise<RequestLog | LogAbsence> {
  if (ending === "open") return "open";
  if (logFile === "") return "off";
  const directories = [logging.requestDir, logging.errorDir].filter((path) => path !== "");
  for (const directory of directories) {
    const text = await textOf(join(directory, basename(logFile)));
    if (text === "too_large") return "too_large";
    if (text !== undefined) return parseRequestLog(text.text) ?? "unreadable";
  }
  return "gone";
}

async function textOf(path: string): Promise<{ text: string } | "too_large" | undefined> {
  try {
    const { size, isFile } = await Deno.lstat(path);
    if (!isFile) return undefined;
    if (size > MOST_LOG_BYTES) return "too_large";
    return { text: await Deno.readTextFile(path) };
  } catch {
    return undefined;
  }
}
