/** What is kept of a request, by the id that lines of the general log end with. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { HistoryQueries } from "./history_queries.ts";
import type { RequestRow } from "./history_rows.ts";

/** How few digits of an id are looked for. */
const FEWEST_DIGITS = 4;

const ID = new RegExp(`^\\[?(?<id>[\\da-f]{${FEWEST_DIGITS},8})\\]?$`, "i");

/** The id, or the beginning of one, in `679a3f2a` or `[679a3f2a]`; undefined for anything else. */
export function requestIdIn(text: string): string | undefined {
  return ID.exec(text.trim())?.groups?.id?.toLowerCase();
}

/** The log files of requests whose id begins so, each name once. A directory that is not there has none. */
export async function logsOfRequest(
  id: string,
  directories: readonly string[],
): Promise<readonly string[]> {
  const found = new Map<string, string>();
  const wanted = new RegExp(`Z_${id}[\\da-f]{${8 - id.length}}\\.log$`);
  for (const directory of directories.filter((path) => path !== "")) {
    for (const name of await namesIn(directory)) {
      if (wanted.test(name) && !found.has(name)) found.set(name, join(directory, name));
    }
  }
  return [...found.values()].sort();
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name);
  } catch {
    return [];
  }
}

/** The history's rows of such requests, newest first, while a proxy may be writing it; none where it cannot be read. */
export function rowsOfRequest(id: string, file: string): readonly RequestRow[] {
  if (file === "") return [];
  try {
    const db = new DatabaseSync(file, { readOnly: true, timeout: 1_000 });
    try {
      return rowsIn(new HistoryQueries(db), id);
    } finally {
      db.close();
    }
  } catch {
    return [];
  }
}

function rowsIn(queries: HistoryQueries, id: string): readonly RequestRow[] {
  if (id.length < 8) {
    return queries.requests({ text: id }, { limit: 500 }).filter((row) => row.id.startsWith(id));
  }
  const found = queries.request(id);
  return found === undefined ? [] : [found.request];
}
