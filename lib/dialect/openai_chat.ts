/** The events of OpenAI's chat completions and completions, which most other providers send too. */
import type { EventFormat, EventReading } from "./event_format.ts";
import { isFilled, type JsonObject, objectOf, objectsIn } from "./json_object.ts";
import { openai } from "./openai.ts";
import { CONTENT, LAST_CONTENT, LAST_NEUTRAL, NEUTRAL, readEvent } from "./read_event.ts";

/** Besides tool calls. `reasoning_content` and `reasoning` are how resellers spell thinking. */
const DELTA_CONTENT = ["content", "reasoning_content", "reasoning", "refusal", "audio"];

/** https://platform.openai.com/docs/api-reference/chat/streaming */
export const openaiChat: EventFormat = {
  name: "openai_chat",
  read: (event) => readEvent(event, { ofObject: readChunk, ofType: () => undefined }),
  errorEvent: (problem) => `data: ${JSON.stringify(openai.errorBody(problem))}\n\n`,
};

/** Many resellers send no `[DONE]`: a reason to finish ends the answer, too. */
function readChunk(chunk: JsonObject): EventReading {
  const choices = objectsIn(chunk.choices);
  const ends = choices.some((choice) => isFilled(choice.finish_reason));
  if (choices.some(hasContent)) return ends ? LAST_CONTENT : CONTENT;
  return ends ? LAST_NEUTRAL : NEUTRAL;
}

function hasContent({ text, delta }: JsonObject): boolean {
  const said = objectOf(delta);
  return isFilled(text) || DELTA_CONTENT.some((name) => isFilled(said[name])) ||
    callsFunction(said.function_call) ||
    objectsIn(said.tool_calls).some((call) => callsFunction(call.function));
}

function callsFunction(value: unknown): boolean {
  const called = objectOf(value);
  return isFilled(called.name) || isFilled(called.arguments);
}
