/** The events of a stream whose format is not known: all that can be told is that one is an error. */
import type { EventFormat, EventReading, StreamEvent } from "./event_format.ts";
import { isJsonObject, parseJson } from "./json_object.ts";
import { openai } from "./openai.ts";
import { CONTENT, ERROR, PING, readName, saysError, startSaysError } from "./read_event.ts";

export const unknownEvents: EventFormat = {
  name: "unknown",
  read: (event) => readName(event) ?? readData(event),
  errorEvent: (problem) => `data: ${JSON.stringify(openai.errorBody(problem))}\n\n`,
};

function readData({ data, truncated }: StreamEvent): EventReading {
  if (truncated) return startSaysError(data) ? ERROR : CONTENT;
  const value = parseJson(data);
  if (!isJsonObject(value)) return CONTENT;
  if (saysError(value)) return ERROR;
  return value.type === "ping" ? PING : CONTENT;
}
