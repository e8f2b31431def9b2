/** The events of a stream whose format is not known: all that can be told is that one is an error. */
import type { EventFormat, EventReading, StreamEvent } from "./event_format.ts";
import { isJsonObject, parseJson } from "./json_object.ts";
import { openai } from "./openai.ts";
import { CONTENT, DONE, ERROR, PING, readName, saysError, startSaysError } from "./read_event.ts";
import { RESULTS } from "./results.ts";

export const unknownEvents: EventFormat = {
  name: "unknown",
  read: (event) => readName(event) ?? readData(event),
  errorEvent: (problem) => `data: ${JSON.stringify(openai.errorBody(problem))}\n\n`,
};

function readData({ data, truncated }: StreamEvent): EventReading {
  if (truncated) return startSaysError(data) ? ERROR : CONTENT;
  if (data.trim() === "[DONE]") return DONE;
  const value = parseJson(data);
  if (isJsonObject(value)) {
    if (value.type === "ping") return PING;
    if (RESULTS.unknown.holds(value)) return CONTENT;
  }
  return saysError(value) ? ERROR : CONTENT;
}
