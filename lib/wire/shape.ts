/** What a body is, told from its first bytes: a Content-Type may be missing or wrong. */
import { OPEN_BRACE } from "./json_token.ts";

export type Shape = "json_object" | "json_array" | "json_scalar" | "events" | "html" | "text";

/**
 * The shape of a body that starts with these bytes; undefined while they are only white space, or too
 * few to tell.
 */
export function shapeOf(start: Uint8Array): Shape | undefined {
  // As most begin.
  if (start[0] === OPEN_BRACE) return "json_object";
  const from = Math.max(0, start.findIndex((byte) => byte > 0x20));
  const looked = start.subarray(from, from + LOOKED_AT);
  const text = new TextDecoder("latin1").decode(looked).replace(LEADING, "");
  const [first] = text;
  if (first === undefined || MARK.startsWith(text)) return undefined;
  if (first === "{") return "json_object";
  if (first === "[") return "json_array";
  if (first === "<") return "html";
  if (first === ":" || FIELDS.some((field) => text.startsWith(field))) return "events";
  if (/["\d-]/.test(first) || /^(?:true|false|null)/.test(text)) return "json_scalar";
  const mayBecome = [...FIELDS, "true", "false", "null"].some((word) => word.startsWith(text));
  return mayBecome ? undefined : "text";
}

/** A byte order mark, read as Latin-1. */
const MARK = "\u00ef\u00bb\u00bf";
/** One, and white space. */
const LEADING = /^(?:\u00ef\u00bb\u00bf)?[\s\0]*/;

/** Enough for the mark, some more white space, and the longest word that tells. */
const LOOKED_AT = 1024;

/** The fields of an event. https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
const FIELDS = ["data", "event", "id", "retry"].flatMap((name) => [`${name}:`, `${name}\n`]);
