/** The events of OpenAI's Responses: what one says, its type says. */
import type { EventFormat, EventReading } from "./event_format.ts";
import { CONTENT, ERROR, NEUTRAL, readEvent, TERMINAL } from "./read_event.ts";

const READINGS: ReadonlyMap<string, EventReading> = new Map([
  ["response.completed", TERMINAL],
  ["response.incomplete", TERMINAL],
  ["response.failed", ERROR],
]);

/** Any `*.delta`, and an image as far as it is drawn. */
const DELIVERS = /\.(?:delta|partial_image)$/;

/** https://platform.openai.com/docs/api-reference/responses-streaming */
export const openaiResponses: EventFormat = {
  name: "openai_responses",
  read: (event) =>
    readEvent(event, { ofObject: (_, type) => readType(type) ?? NEUTRAL, ofType: readType }),
  errorEvent({ code, message }) {
    const data = { type: "error", code, message, param: null, sequence_number: 0 };
    return `event: error\ndata: ${JSON.stringify(data)}\n\n`;
  },
};

function readType(type: string): EventReading | undefined {
  if (DELIVERS.test(type)) return CONTENT;
  return READINGS.get(type) ?? (type.startsWith("response.") ? NEUTRAL : undefined);
}
