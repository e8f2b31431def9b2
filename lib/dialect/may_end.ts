/** A quick look at an event that no longer has to be read for its content. */
import type { StreamEvent } from "./event_format.ts";

/**
 * Words without which no event of any format is an error or ends an answer. `null` stands in every
 * chunk of a chat that goes on, and MiniMax puts a `status_code` of 0 into each.
 */
const TELLING = new RegExp(
  [
    "\\[DONE\\]",
    `"(?:error|finish_reason|finishReason|stop_reason|blockReason|errors|detail|msg|__type|Error` +
    `|fault|error_code|errcode|err_code|errorCode|status_code|statusCode|code)"` +
    `(?!\\s*:\\s*(?:null|0[,}\\s]|""))`,
    `"(?:message_stop|response\\.(?:completed|incomplete|cancelled|failed))"`,
    `"success"\\s*:\\s*false`,
    `"(?:type|object|status)"\\s*:\\s*"[^"]*(?:[Ee]rror|fail)`,
  ].join("|"),
);

/**
 * Whether an event may be an error or end the answer, so that it is worth reading. Most of a stream's
 * events are not, and reading one costs ten times as much as this.
 */
export function mayEnd({ type, data, truncated }: StreamEvent): boolean {
  return truncated || ENDING_TYPES.has(type) || TELLING.test(data);
}

/** Members that only the known formats have. */
const MARK = /"(?:choices|candidates)"\s*:|"type"\s*:\s*"(?:message_|content_block_|response\.)/;

/** Whether an event may be one of a known format after all, in a stream that began as another. */
export function mayBeKnown({ data }: StreamEvent): boolean {
  return MARK.test(data);
}

/** What an event's name alone may say. */
const ENDING_TYPES: ReadonlySet<string> = new Set([
  "error",
  "message_stop",
  "response.completed",
  "response.incomplete",
  "response.cancelled",
  "response.failed",
]);
