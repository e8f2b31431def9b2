/** What every known format has in common: errors, pings, `[DONE]` and what is no event at all. */
import { errorIn } from "./error_spellings.ts";
import type { EventReading, StreamEvent } from "./event_format.ts";
import { isFilled, isJsonObject, type JsonObject, parseJson } from "./json_object.ts";
import { holdsAnything } from "./results.ts";

export const CONTENT: EventReading = { kind: "content", ends: false };
export const LAST_CONTENT: EventReading = { kind: "content", ends: true };
export const ERROR: EventReading = { kind: "error", ends: true };
export const TERMINAL: EventReading = { kind: "terminal", ends: true };
/** `[DONE]`: no end of an answer where none was begun. */
export const DONE: EventReading = { kind: "done", ends: true };
export const FOREIGN: EventReading = { kind: "foreign", ends: false };
export const BLANK: EventReading = { kind: "blank", ends: false };
export const PING: EventReading = { kind: "ping", ends: false };
export const MALFORMED: EventReading = { kind: "malformed", ends: false };
export const NEUTRAL: EventReading = { kind: "neutral", ends: false };
/** Says nothing new, but that the answer may end here. */
export const LAST_NEUTRAL: EventReading = { kind: "neutral", ends: true };

/** What a format's own objects say. */
export interface EventRules {
  readonly ofObject: (object: JsonObject, type: string) => EventReading;
  /** What an event says of which only the type can be seen; undefined where that is not enough. */
  readonly ofType: (type: string) => EventReading | undefined;
}

const TYPE_AT_START = /^\s*\{\s*"type"\s*:\s*"(?<type>[^"\\]*)"/;
const ERROR_AT_START = /^\s*\{\s*"error"\s*:\s*(?!""|\{\s*\}|\[\s*\]|0)["{[t\d-]/;

/** What an event says in a known format: the first that applies. */
export function readEvent(event: StreamEvent, rules: EventRules): EventReading {
  const said = readName(event);
  if (said !== undefined) return said;
  if (event.truncated) return readStart(event, rules);
  if (event.data.trim() === "[DONE]") return DONE;
  const value = parseJson(event.data);
  if (value === undefined) return MALFORMED;
  if (!isJsonObject(value)) return saysError(value) ? ERROR : strange(value);
  const type = typeof value.type === "string" ? value.type : event.type;
  if (type === "ping") return PING;
  const reading = rules.ofObject(value, type);
  if (reading.kind === "content") return reading;
  return saysError(value) ? ERROR : reading;
}

/** What bears no mark of a format, whatever it holds. */
export function strange(value: unknown): EventReading {
  const holds = isJsonObject(value) ? holdsAnything(value) : isFilled(value);
  return holds ? FOREIGN : BLANK;
}

/** What an event's name alone says in any format. */
export function readName({ type }: StreamEvent): EventReading | undefined {
  if (type === "error") return ERROR;
  return type === "ping" ? PING : undefined;
}

/** Whether what was sent reports an error, in any vendor's spelling; Google's may stand in a list. */
export function saysError(value: unknown): boolean {
  const object = Array.isArray(value) ? value[0] : value;
  return isJsonObject(object) && errorIn(object) !== undefined;
}

/** The same of an object of which only the start is known. */
export function startSaysError(data: string): boolean {
  return typeAtStart(data) === "error" || ERROR_AT_START.test(data);
}

/** Whatever the end would have said, a large event most likely carries what was asked for. */
function readStart({ type, data }: StreamEvent, rules: EventRules): EventReading {
  if (startSaysError(data)) return ERROR;
  return rules.ofType(typeAtStart(data) ?? type) ?? LAST_CONTENT;
}

function typeAtStart(data: string): string | undefined {
  return TYPE_AT_START.exec(data)?.groups?.type;
}
