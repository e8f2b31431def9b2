/** The events of OpenAI's Responses: what one says, its type says. */
import type { EventFormat, EventReading } from "./event_format.ts";
import type { JsonObject } from "./json_object.ts";
import { BLANK, CONTENT, ERROR, NEUTRAL, readEvent, strange, TERMINAL } from "./read_event.ts";
import { RESULTS } from "./results.ts";

const READINGS: ReadonlyMap<string, EventReading> = new Map([
  ["response.completed", TERMINAL],
  ["response.incomplete", TERMINAL],
  ["response.cancelled", TERMINAL],
  ["response.failed", ERROR],
]);

/** Any `*.delta`, and an image as far as it is drawn. */
const DELIVERS = /\.(?:delta|partial_image)$/;

/** https://platform.openai.com/docs/api-reference/responses-streaming */
export const openaiResponses: EventFormat = {
  name: "openai_responses",
  read: (event) => readEvent(event, { ofObject: readObject, ofType: readType }),
  errorEvent({ code, message }) {
    const data = { type: "error", code, message, param: null, sequence_number: 0 };
    return `event: error\ndata: ${JSON.stringify(data)}\n\n`;
  },
};

/** An object that is none of the events may still be a whole answer. */
function readObject(object: JsonObject, type: string): EventReading {
  const { ended, holds } = RESULTS.openai_responses;
  if (ended(object) === "failure") return ERROR;
  const reading = readType(type);
  if (reading !== undefined) return reading;
  if (holds(object)) return TERMINAL;
  return type === "" ? strange(object) : BLANK;
}

function readType(type: string): EventReading | undefined {
  if (DELIVERS.test(type)) return CONTENT;
  return READINGS.get(type) ?? (type.startsWith("response.") ? NEUTRAL : undefined);
}
