/** The model that a reply says it is of, in each vendor's place for it. */
import type { StreamEvent } from "../dialect/event_format.ts";
import { objectOf, parseJson } from "../dialect/json_object.ts";

/** Empty where an event names none. */
export function modelInEvent({ data, truncated }: StreamEvent): string {
  return truncated ? "" : modelIn(parseJson(data));
}

/** Empty where a JSON reply names none. */
export function modelInReply(body: Uint8Array): string {
  return modelIn(parseJson(new TextDecoder().decode(body)));
}

/** `model` of OpenAI, `message.model` of Anthropic, `response.model` of responses, `modelVersion` of Gemini. */
function modelIn(value: unknown): string {
  const { model, message, response, modelVersion } = objectOf(value);
  const found = [model, objectOf(message).model, objectOf(response).model, modelVersion]
    .find((name) => typeof name === "string" && name !== "");
  return typeof found === "string" ? found.slice(0, LONGEST) : "";
}

const LONGEST = 200;
