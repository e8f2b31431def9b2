/** HTTP/1.1 messages out of the bytes of a connection, framing read strictly. */
import { Buffer } from "node:buffer";
import { type Field, FramingFault, type Head, takeHead, valuesOf } from "./http_head.ts";

export interface Message {
  readonly startLine: string;
  readonly fields: readonly Field[];
  /** Out of its framing; of a message that is not whole, as far as it goes. */
  readonly body: Buffer;
  readonly whole: boolean;
  /** Why the body cannot be read on; empty where nothing is wrong but that more may come. */
  readonly fault: string;
  /** Offsets of its bytes on the connection. */
  readonly start: number;
  readonly end: number;
}

const REQUEST_LINE = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+ [^ \0\r\n]+ HTTP\/1\.[01]$/;
const STATUS_LINE = /^HTTP\/1\.[01] \d{3}(?: [^\0\r\n]*)?$/;

/** The request that begins at this offset; undefined where its head is not there. @throws {FramingFault} */
export function takeRequest(bytes: Buffer, start: number): Message | undefined {
  const head = takeHead(bytes, start, REQUEST_LINE);
  return head && messageOf(head, start, framed(bytes, head, () => nothing(head)));
}

export interface ReplyCircumstances {
  /** The request's. */
  readonly method: string;
  /** Whether the connection has ended in order after these bytes. */
  readonly ended: boolean;
}

/** The reply that begins at this offset; undefined where its head is not there. @throws {FramingFault} */
export function takeReply(
  bytes: Buffer,
  start: number,
  { method, ended }: ReplyCircumstances,
): Message | undefined {
  const head = takeHead(bytes, start, STATUS_LINE);
  if (head === undefined) return undefined;
  const status = statusOf(head);
  const bodiless = method === "HEAD" || status < 200 || status === 204 || status === 304;
  const toTheEnd = () => ({ ...nothing(head, bytes.subarray(head.end)), whole: ended });
  return messageOf(head, start, bodiless ? nothing(head) : framed(bytes, head, toTheEnd));
}

export function statusOf({ startLine }: { readonly startLine: string }): number {
  return Number(startLine.slice(9, 12));
}

type Content = Pick<Message, "body" | "whole" | "fault" | "end">;

function messageOf({ startLine, fields }: Head, start: number, content: Content): Message {
  return { startLine, fields, start, ...content };
}

function nothing({ end }: Head, body: Buffer = Buffer.alloc(0)): Content {
  return { body, whole: true, fault: "", end: end + body.length };
}

/** https://www.rfc-editor.org/rfc/rfc9112#section-6.3 */
function framed(bytes: Buffer, head: Head, unframed: () => Content): Content {
  const codings = valuesOf(head.fields, "transfer-encoding");
  const lengths = new Set(valuesOf(head.fields, "content-length"));
  if (codings.length > 0) {
    if (codings.length > 1 || lengths.size > 0 || !/^chunked$/i.test(codings[0] ?? "")) {
      throw new FramingFault(`Transfer-Encoding ${codings} beside Content-Length ${[...lengths]}`);
    }
    return dechunked(bytes, head.end);
  }
  const [length, ...others] = lengths;
  if (length === undefined) return unframed();
  if (others.length > 0 || !/^\d+$/.test(length)) {
    throw new FramingFault(`Content-Length ${[...lengths]}`);
  }
  const body = bytes.subarray(head.end, head.end + Number(length));
  return { ...nothing(head, body), whole: body.length === Number(length) };
}

const CHUNK_LINE = /^([\da-f]{1,12})(?:[ \t]*;.*)?$/i;

/** https://www.rfc-editor.org/rfc/rfc9112#section-7.1 */
function dechunked(bytes: Buffer, start: number): Content {
  const data: Buffer[] = [];
  const cut = (end: number, fault = ""): Content => {
    return { body: Buffer.concat(data), whole: false, fault, end };
  };
  for (let at = start;;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return cut(bytes.length);
    const line = bytes.toString("latin1", at, lineEnd);
    const size = parseInt(CHUNK_LINE.exec(line)?.[1] ?? "", 16);
    if (isNaN(size)) return cut(bytes.length, `no chunk size: ${JSON.stringify(line)}`);
    if (size === 0) {
      const end = bytes.indexOf("\r\n\r\n", lineEnd);
      return end < 0 ? cut(bytes.length) : { ...cut(end + 4), whole: true };
    }
    const end = lineEnd + 2 + size;
    data.push(bytes.subarray(lineEnd + 2, end));
    if (end + 2 > bytes.length) return cut(bytes.length);
    if (bytes.toString("latin1", end, end + 2) !== "\r\n") return cut(bytes.length, "no chunk end");
    at = end + 2;
  }
}
