/** Which rows a filter lets through, and in which order; the page asks the same of live ones. */
import type { RequestFilter } from "../record/history_queries.ts";
import { isFailed } from "../record/history_rows.ts";
import type { LiveRow } from "./live_row.ts";

/** In the order of the list; of the same instant, by id. */
export function newestFirst(a: LiveRow, b: LiveRow): number {
  return b.receivedAtMs - a.receivedAtMs || (a.id < b.id ? 1 : -1);
}

/** Whether a row passes, by the same rules as in the history. */
export function matches(row: LiveRow, filter: RequestFilter): boolean {
  const { alias, backend, caller, status, text = "", fromMs = 0, toMs = Infinity } = filter;
  if (alias !== undefined && row.alias !== alias) return false;
  if (backend !== undefined && row.backend !== backend) return false;
  if (caller !== undefined && row.caller !== caller) return false;
  if (row.receivedAtMs < fromMs || row.receivedAtMs >= toMs) return false;
  return hasStatus(row, status) && hasText(row, text.toLowerCase());
}

function hasStatus(row: LiveRow, status: RequestFilter["status"]): boolean {
  if (status === undefined) return true;
  if (typeof status === "number") return row.status === status;
  return row.ending !== "open" && hasFailed(row) === (status === "failed");
}

/** Of one in flight nobody can say. */
export function hasFailed({ ending, endMs, ...row }: LiveRow): boolean {
  return ending !== "open" && isFailed({ ...row, ending, endMs: endMs ?? 0 });
}

function hasText(row: LiveRow, text: string): boolean {
  const { id, alias, backend, model, caller, path, detail } = row;
  return [id, alias, backend, model, caller, path, detail]
    .some((value) => value.toLowerCase().includes(text));
}
