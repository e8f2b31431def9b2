/** The events of Gemini's `streamGenerateContent`. */
import type { EventFormat, EventReading } from "./event_format.ts";
import { gemini } from "./gemini.ts";
import { isFilled, isJsonObject, type JsonObject, objectOf, objectsIn } from "./json_object.ts";
import { CONTENT, LAST_CONTENT, NEUTRAL, readEvent, TERMINAL } from "./read_event.ts";

/** https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse */
export const geminiEvents: EventFormat = {
  name: "gemini",
  read: (event) => readEvent(event, { ofObject: readResponse, ofType: () => undefined }),
  errorEvent: (problem) => `data: ${JSON.stringify(gemini.errorBody(problem))}\r\n\r\n`,
};

function readResponse(response: JsonObject): EventReading {
  const candidates = objectsIn(response.candidates);
  const ends = candidates.some((candidate) => isFilled(candidate.finishReason)) ||
    (candidates.length === 0 && isFilled(objectOf(response.promptFeedback).blockReason));
  if (candidates.some(hasContent)) return ends ? LAST_CONTENT : CONTENT;
  return ends ? TERMINAL : NEUTRAL;
}

function hasContent({ content }: JsonObject): boolean {
  return objectsIn(objectOf(content).parts).some(isContent);
}

/** Text may be empty, and `thought` only says what it is; a call without arguments is still one. */
function isContent(part: JsonObject): boolean {
  return Object.entries(part).some(([name, value]) => {
    return name !== "thought" && (isFilled(value) || isJsonObject(value));
  });
}
