/** The events of Anthropic's messages. */
import { anthropic } from "./anthropic.ts";
import type { EventFormat, EventReading } from "./event_format.ts";
import { isFilled, type JsonObject, objectOf } from "./json_object.ts";
import {
  BLANK,
  CONTENT,
  DONE,
  ERROR,
  LAST_CONTENT,
  LAST_NEUTRAL,
  NEUTRAL,
  readEvent,
  strange,
} from "./read_event.ts";
import { RESULTS } from "./results.ts";

/** Where a delta holds what it adds, whatever its type. */
const DELTA_CONTENT = ["text", "partial_json", "thinking", "signature", "citation"];

/** Where a block that starts may already hold some of its content. */
const BLOCK_CONTENT = ["text", "thinking", "signature", "input"];

/** Blocks that are content as they start: they come whole, or show what the model does. */
const CONTENT_BLOCK = /^(?:redacted_thinking|server_tool_use|.*_tool_result)$/;

/** The types that say all there is to say. A large delta or block has content in it. */
const READINGS: ReadonlyMap<string, EventReading> = new Map([
  ["message_start", NEUTRAL],
  ["content_block_start", CONTENT],
  ["content_block_delta", CONTENT],
  ["content_block_stop", NEUTRAL],
  ["message_delta", LAST_NEUTRAL],
  ["message_stop", DONE],
]);

/** https://docs.anthropic.com/en/docs/build-with-claude/streaming */
export const anthropicEvents: EventFormat = {
  name: "anthropic",
  read: (event) => readEvent(event, { ofObject: readObject, ofType: (type) => READINGS.get(type) }),
  errorEvent: (problem) =>
    `event: error\ndata: ${JSON.stringify(anthropic.errorBody(problem))}\n\n`,
};

const { ended, holds } = RESULTS.anthropic;

function readObject(object: JsonObject, type: string): EventReading {
  const end = ended(object);
  if (end === "failure") return ERROR;
  switch (type) {
    case "content_block_delta":
      return holdsAny(objectOf(object.delta), DELTA_CONTENT) ? CONTENT : NEUTRAL;
    case "content_block_start":
      return startsWithContent(objectOf(object.content_block)) ? CONTENT : NEUTRAL;
    case "message_delta":
      return end === "answer" ? LAST_NEUTRAL : NEUTRAL;
    case "message_start":
    case "content_block_stop":
      return NEUTRAL;
    case "message_stop":
      return DONE;
    default:
      return readOther(object, type);
  }
}

/** A type of which nothing is known, a whole answer as one event, or another vendor's object. */
function readOther(object: JsonObject, type: string): EventReading {
  if (holds(object)) return LAST_CONTENT;
  return type === "" ? strange(object) : BLANK;
}

function startsWithContent(block: JsonObject): boolean {
  const isContent = typeof block.type === "string" && CONTENT_BLOCK.test(block.type);
  return isContent || holdsAny(block, BLOCK_CONTENT);
}

function holdsAny(object: JsonObject, names: readonly string[]): boolean {
  return names.some((name) => isFilled(object[name]));
}
