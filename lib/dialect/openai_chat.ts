/** The events of OpenAI's chat completions and completions, which most other providers send too. */
import type { EventFormat, EventReading } from "./event_format.ts";
import { isFilled, type JsonObject, objectOf, objectsIn } from "./json_object.ts";
import { openai } from "./openai.ts";
import {
  BLANK,
  CONTENT,
  ERROR,
  LAST_CONTENT,
  LAST_NEUTRAL,
  NEUTRAL,
  readEvent,
  strange,
} from "./read_event.ts";
import { RESULTS } from "./results.ts";

/** Besides tool calls. `reasoning_content` and `reasoning` are how resellers spell thinking. */
const DELTA_CONTENT = ["content", "reasoning_content", "reasoning", "refusal", "audio"];

/** https://platform.openai.com/docs/api-reference/chat/streaming */
export const openaiChat: EventFormat = {
  name: "openai_chat",
  read: (event) => readEvent(event, { ofObject: readChunk, ofType: () => undefined }),
  errorEvent: (problem) => `data: ${JSON.stringify(openai.errorBody(problem))}\n\n`,
};

const { holds, isOwn, ended } = RESULTS.openai_chat;

/** Many resellers send no `[DONE]`: a reason to finish ends the answer, too. */
function readChunk(chunk: JsonObject): EventReading {
  const end = ended(chunk);
  if (end === "failure") return ERROR;
  const isOver = end === "answer";
  if (objectsIn(chunk.choices).some(hasContent)) return isOver ? LAST_CONTENT : CONTENT;
  if (isOver) return LAST_NEUTRAL;
  if (holds(chunk)) return NEUTRAL;
  return isOwn(chunk) ? BLANK : strange(chunk);
}

/** Some send the `message` of a whole answer in the place of a `delta`. */
function hasContent({ text, delta, message }: JsonObject): boolean {
  return isFilled(text) || saysAnything(objectOf(delta)) || saysAnything(objectOf(message));
}

function saysAnything(said: JsonObject): boolean {
  return DELTA_CONTENT.some((name) => isFilled(said[name])) ||
    callsFunction(said.function_call) ||
    objectsIn(said.tool_calls).some((call) => callsFunction(call.function));
}

function callsFunction(value: unknown): boolean {
  const called = objectOf(value);
  return isFilled(called.name) || isFilled(called.arguments);
}
