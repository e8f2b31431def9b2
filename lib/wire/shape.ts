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
  const from = leadBytes(start);
  const text = new TextDecoder("latin1").decode(start.subarray(from, from + TELLING_BYTES));
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

/** How many bytes stand before whatever tells: white space, a byte order mark, more white space. */
export function leadBytes(start: Uint8Array): number {
  const blanks = pastBlanks(start, 0);
  const isMarked = MARK_BYTES.every((byte, at) => start[blanks + at] === byte);
  return isMarked ? pastBlanks(start, blanks + MARK_BYTES.length) : blanks;
}

/** Whether nothing but white space is in it. */
export function isBlank(bytes: Uint8Array): boolean {
  return pastBlanks(bytes, 0) === bytes.length;
}

function pastBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && (bytes[at] ?? SPACE) <= SPACE) at++;
  return at;
}

const SPACE = 0x20;
/** A byte order mark; and read as Latin-1. */
const MARK_BYTES = [0xef, 0xbb, 0xbf];
const MARK = "\u00ef\u00bb\u00bf";

/** No fewer than the longest word that tells. */
const TELLING_BYTES = 16;

/** The fields of an event. https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
const FIELDS = ["data", "event", "id", "retry"].flatMap((name) => [`${name}:`, `${name}\n`]);
