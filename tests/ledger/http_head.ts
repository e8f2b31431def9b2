/** The heads of HTTP/1.1 messages, read strictly. https://www.rfc-editor.org/rfc/rfc9112 */
import type { Buffer } from "node:buffer";

/** Name as spelled, and value without the optional white space around it (RFC 9112, 5), latin-1. */
export type Field = readonly [name: string, value: string];

export interface Head {
  readonly startLine: string;
  readonly fields: readonly Field[];
  /** Offset of the first byte after it. */
  readonly end: number;
}

/** Bytes that are no HTTP/1.1, or none that a strict reader takes. */
export class FramingFault extends Error {
  override readonly name = "FramingFault";
}

const FIELD = /^([!#$%&'*+\-.^_`|~\dA-Za-z]+):[ \t]*(.*?)[ \t]*$/s;
const FORBIDDEN = /[\0\r\n]/;

/**
 * The head that begins at this offset; undefined where its end is not there.
 *
 * @throws {FramingFault}
 */
export function takeHead(bytes: Buffer, start: number, startLine: RegExp): Head | undefined {
  const end = bytes.indexOf("\r\n\r\n", start);
  if (end < 0) return undefined;
  const [first = "", ...rest] = bytes.toString("latin1", start, end).split("\r\n");
  if (!startLine.test(first)) throw new FramingFault(`no start line: ${JSON.stringify(first)}`);
  return { startLine: first, fields: rest.map(fieldOf), end: end + 4 };
}

/** @throws {FramingFault} */
export function fieldOf(line: string): Field {
  const [, name, value] = FIELD.exec(line) ?? [];
  if (name === undefined || value === undefined || FORBIDDEN.test(line)) {
    throw new FramingFault(`no header field: ${JSON.stringify(line)}`);
  }
  return [name, value];
}

/** The values of all fields of that (lower-case) name. */
export function valuesOf(fields: readonly Field[], name: string): string[] {
  return fields.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}
