/** A request as the dashboard lists it: as the history has it, and also while it is in flight. */
import type { Entry } from "../record/entry.ts";
import { historyRecordOf } from "../record/history_record.ts";
import type { AttemptRow, RequestRow } from "../record/history_rows.ts";
import type { Redactor } from "../record/redact.ts";

export type LiveRow = Omit<RequestRow, "ending" | "endMs"> & {
  /** open: still in flight. */
  readonly ending: RequestRow["ending"] | "open";
  /** Null while it is in flight. */
  readonly endMs: number | null;
};

export interface LiveDetail {
  readonly request: LiveRow;
  readonly attempts: readonly AttemptRow[];
}

/** @param redactor knows the configured secrets, and those of the request */
export function liveDetailOf(entry: Entry, redactor: Redactor): LiveDetail {
  const { request, attempts } = historyRecordOf(entry, redactor);
  if (entry.ending !== undefined) return { request, attempts };
  return { request: { ...request, ending: "open", endMs: null }, attempts };
}
