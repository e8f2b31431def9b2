/** Watching requests as they happen. */
import type { AttemptRecord } from "./attempt_record.ts";
import type { Entry } from "./entry.ts";

export interface EntryWatcher {
  /** A request has arrived; nothing more is known of it yet. For whoever wants it. */
  readonly onOpen?: (entry: Entry) => void;
  /** An attempt has been judged. */
  readonly onAttempt: (entry: Entry, attempt: AttemptRecord) => void;
  /** What follows a failed attempt is known, or that nobody will know it any more. For whoever wants it. */
  readonly onNext?: (entry: Entry, attempt: AttemptRecord) => void;
  readonly onEnd: (entry: Entry) => void;
}
