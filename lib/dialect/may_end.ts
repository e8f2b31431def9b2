/** A quick look at an event that no longer has to be read for its content. */
import type { StreamEvent } from "./event_format.ts";

/**
 * Words without which no event of any format is an error or ends an answer. `null` stands in every
 * chunk of a chat that goes on.
 */
const TELLING =
  /\[DONE\]|"(?:error|finish_reason|finishReason|stop_reason|blockReason)"(?!\s*:\s*null)|"(?:message_stop|response\.(?:completed|incomplete|failed))"/;

/**
 * Whether an event may be an error or end the answer, so that it is worth reading. Most of a stream's
 * events are not, and reading one costs ten times as much as this.
 */
export function mayEnd({ type, data, truncated }: StreamEvent): boolean {
  return truncated || ENDING_TYPES.has(type) || TELLING.test(data);
}

/** What an event's name alone may say. */
const ENDING_TYPES: ReadonlySet<string> = new Set([
  "error",
  "message_stop",
  "response.completed",
  "response.incomplete",
  "response.failed",
]);
