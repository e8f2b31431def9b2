/** What is kept once for all event loops, and so by one of them. */
import type { LogRecord } from "@logtape/logtape";
import type { HistoryRecord } from "./history_rows.ts";

/** The loop that keeps it, for another one. Nothing here waits; what is refused is lost. */
export interface MainLoop {
  /** A line of the general log, ready to be written. False where it is refused. */
  readonly line: (record: LogRecord) => boolean;
  /** A request that is over. False where it is refused; undefined where nobody wants any. */
  readonly row: ((record: HistoryRecord) => boolean) | undefined;
  /** A request log that was written. */
  readonly wrote: (name: string, bytes: number) => void;
}
