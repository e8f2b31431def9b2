/** A request as the dashboard lists it: as the history has it, and also while it is in flight. */
import type { Entry } from "../record/entry.ts";
import { credentialsIn } from "../record/redact.ts";
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

export function liveDetailOf(entry: Entry, redactor: Redactor): LiveDetail {
  const { headers, target } = entry.arrival;
  const { request, attempts } = historyRecordOf(
    entry,
    redactor.with(credentialsIn(headers, target)),
  );
  if (entry.ending !== undefined) return { request, attempts };
  return { request: { ...request, ending: "open", endMs: null }, attempts };
}
