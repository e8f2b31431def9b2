/** A second opinion on which bytes are JSON, for the tests to hold the scanner against. */

const BYTE_ORDER_MARK = "ï»¿";

/**
 * What `JSON.parse` makes of a body once every string in it is emptied, which is the one leniency of
 * `scanTopLevel()`, and a byte order mark is taken off.
 */
export function kindByJsonParse(body: Uint8Array): "object" | "not_object" | "malformed" {
  const text = bytewise.decode(body);
  const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
  try {
    const value: unknown = JSON.parse(json.replaceAll(/"(?:[^"\\]|\\[^])*"/g, '""'));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? "object"
      : "not_object";
  } catch {
    return "malformed";
  }
}

/** A character a byte: what is not ASCII is not JSON outside a string anyway. */
const bytewise = new TextDecoder("latin1");
