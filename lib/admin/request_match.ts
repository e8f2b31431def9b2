/** Which rows a filter lets through, and in which order; the page asks the same of live ones. */
import { isFailed, type RequestFilter, type RequestRow } from "../record/history_rows.ts";

/** In the order of the list; of the same instant, by id. */
export function newestFirst(a: RequestRow, b: RequestRow): number {
  return b.receivedAtMs - a.receivedAtMs || (a.id < b.id ? 1 : -1);
}

/** Whether a row passes, by the same rules as in the history. */
export function matches(row: RequestRow, filter: RequestFilter): boolean {
  const { alias, backend, caller, status, text, fromMs = 0, toMs = Infinity } = filter;
  if (alias !== undefined && row.alias !== alias) return false;
  if (backend !== undefined && row.backend !== backend) return false;
  if (caller !== undefined && row.caller !== caller) return false;
  if (row.receivedAtMs < fromMs || row.receivedAtMs > toMs) return false;
  if (!hasStatus(row, status)) return false;
  return text === undefined || hasText(row, text.toLowerCase());
}

function hasStatus(row: RequestRow, status: RequestFilter["status"]): boolean {
  if (status === undefined) return true;
  if (typeof status === "number") return row.status === status;
  return row.ending !== "open" && isFailed(row) === (status === "failed");
}

function hasText(row: RequestRow, text: string): boolean {
  const { id, alias, backend, model, caller, path, detail } = row;
  return [id, alias, backend, model, caller, path, detail]
    .some((value) => value.toLowerCase().includes(text));
}
