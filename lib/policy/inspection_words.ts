/** What a look at a 2xx showed, as it goes on after the status in a reason. */
import type { Inspection } from "../wire/inspection.ts";

/** `, but an HTML page`; empty where nothing speaks against the reply. */
export function inspectionWords(inspection: Inspection): string {
  switch (inspection.kind) {
    case "passed":
      return "";
    case "alive":
      return ", passed on without content: it lives, and the caller has waited for hold_seconds";
    case "error_body":
      return ", but its JSON is an error";
    case "wrong_kind":
      return `, but what came is ${inspection.what}`;
    case "cut_short":
      return `, but its JSON broke off (${inspection.detail})`;
    case "error_event":
      return ", but an error event came before any content";
    case "malformed_event":
      return `, but an event is no JSON: ${inspection.what}`;
    case "ended_early":
      return `, but its stream ended before any content (${inspection.detail})`;
    case "no_content":
      return `, but no content came within ${inspection.waitedMs / 1000} s`;
  }
}
