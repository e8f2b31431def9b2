/** The events of Gemini's `streamGenerateContent`. */
import type { EventFormat, EventReading } from "./event_format.ts";
import { gemini } from "./gemini.ts";
import { isFilled, isJsonObject, type JsonObject, objectOf, objectsIn } from "./json_object.ts";
import {
  BLANK,
  CONTENT,
  ERROR,
  LAST_CONTENT,
  NEUTRAL,
  readEvent,
  strange,
  TERMINAL,
} from "./read_event.ts";
import { RESULTS } from "./results.ts";

/** https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse */
export const geminiEvents: EventFormat = {
  name: "gemini",
  read: (event) => readEvent(event, { ofObject: readResponse, ofType: () => undefined }),
  errorEvent: (problem) => `data: ${JSON.stringify(gemini.errorBody(problem))}\r\n\r\n`,
};

const { holds, isOwn, ended } = RESULTS.gemini;

function readResponse(response: JsonObject): EventReading {
  const candidates = objectsIn(response.candidates);
  const end = ended(response);
  if (end === "failure") return ERROR;
  const isOver = end === "answer" ||
    (candidates.length === 0 && isFilled(objectOf(response.promptFeedback).blockReason));
  if (candidates.some(hasContent)) return isOver ? LAST_CONTENT : CONTENT;
  if (isOver) return TERMINAL;
  if (holds(response)) return NEUTRAL;
  return isOwn(response) ? BLANK : strange(response);
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
