/** Responses as bytes. https://www.rfc-editor.org/rfc/rfc9112#section-4 */
import { Buffer } from "node:buffer";
import type { RawHeaders } from "../wire/headers.ts";
import { reasonOf } from "./status_reasons.ts";

const NOT_IN_VALUES = /[^\t\x20-\x7e\x80-\xff]/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * A response's head up to its blank line, one character a byte.
 *
 * @throws {TypeError} where a header holds what would be another line, or no byte
 */
export function responseHead(status: number, headers: RawHeaders): string {
  let head = `HTTP/1.1 ${status} ${reasonOf(status)}\r\n`;
  for (const [name, value] of headers) {
    if (NOT_IN_VALUES.test(value) || !NAME.test(name)) {
      throw new TypeError(`The header ${JSON.stringify(name)} holds a character that none has`);
    }
    head += `${name}: ${value}\r\n`;
  }
  return `${head}\r\n`;
}

/** The head of a switch of protocols, as bytes. */
export function switchingHead(status: number, headers: RawHeaders): Uint8Array {
  return Buffer.from(responseHead(status, headers), "latin1");
}

/** A bare answer to what never became a request; the connection ends with it. */
export function refusalBytes(status: number, headers: RawHeaders = []): Uint8Array {
  const ending: RawHeaders = [["Connection", "close"], ["Content-Length", "0"]];
  return Buffer.from(responseHead(status, [...ending, ...headers]), "latin1");
}

/** Tells a caller to send the body that it announced. */
export const CONTINUE: Readonly<Uint8Array> = Buffer.from(
  "HTTP/1.1 100 Continue\r\n\r\n",
  "latin1",
);

/** The end of a body in chunks. */
export const LAST_CHUNK: Readonly<Uint8Array> = Buffer.from("0\r\n\r\n", "latin1");
