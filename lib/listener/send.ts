/** Sends a response: as fast as the caller takes it, and cut where it was cut. */
import type { RequestHead } from "../http1/request_reading.ts";
import { LAST_CHUNK, responseHead } from "../http1/response_writing.ts";
import { type BodySource, type CallerResponse, hasBody } from "../wire/caller_response.ts";
import { headerValue, type RawHeaders } from "../wire/headers.ts";
import type { CallerWriter } from "./caller_writer.ts";

export interface SendOptions {
  /** Of the request that it answers. */
  readonly head: RequestHead;
  readonly out: CallerWriter;
  /** Whether the connection ends after it. */
  readonly closes: boolean;
  readonly date: string;
  /** For each next byte of a body that is held whole to be taken, in milliseconds. */
  readonly takeMs: number;
}

/** How a response ended: the connection may go on after a whole one, unless its end is the body's. */
export type Sent = "whole" | "cut" | "until close";

/** Bodies up to here go out in one write with their head. */
const TOGETHER_BYTES = 64 * 1024;

/**
 * Resolves when all has been handed to the system, or there is nobody left to take it.
 *
 * @throws {TypeError} where a header cannot be sent; nothing has been then
 */
export async function sendResponse(
  { status, headers, body }: CallerResponse,
  options: SendOptions,
): Promise<Sent> {
  const { head, out, takeMs } = options;
  const bodily = hasBody(head.method, status);
  const framing = bodily ? framingOf(headers, body, head) : "none";
  const text = responseHead(status, [...headers, ...ownHeaders(headers, framing, options)]);
  out.waitAtMost(body instanceof Uint8Array ? takeMs : body.patienceMs);
  if (body instanceof Uint8Array) return await sendWhole(text, bodily ? body : NOTHING, out);
  if (!bodily) {
    body.cancel("its response has no body");
    return await sendWhole(text, NOTHING, out);
  }
  return await pass(body, text, { out, framing });
}

/** How a caller knows where the body ends: by bytes announced, chunks, or the connection's end. */
type Framing = number | "chunks" | "until close" | "none";

function framingOf(
  headers: RawHeaders,
  body: CallerResponse["body"],
  { minorVersion }: RequestHead,
): Framing {
  const announced = headerValue(headers, "content-length");
  if (announced !== undefined) return Number(announced);
  if (body instanceof Uint8Array) return body.length;
  return minorVersion === 0 ? "until close" : "chunks";
}

/** What is ours to say: the framing, what becomes of the connection, and the date where there is none. */
function ownHeaders(
  headers: RawHeaders,
  framing: Framing,
  { head, closes, date }: SendOptions,
): RawHeaders {
  const own: (readonly [string, string])[] = [];
  if (framing === "chunks") own.push(["Transfer-Encoding", "chunked"]);
  if (typeof framing === "number" && headerValue(headers, "content-length") === undefined) {
    own.push(["content-length", String(framing)]);
  }
  const options = [];
  if (headerValue(headers, "upgrade") !== undefined) options.push("upgrade");
  if (closes || framing === "until close") options.push("close");
  else if (head.minorVersion === 0) options.push("keep-alive");
  if (options.length > 0) own.push(["connection", options.join(", ")]);
  if (headerValue(headers, "date") === undefined) own.push(["Date", date]);
  return own;
}

const NOTHING = new Uint8Array();

async function sendWhole(head: string, body: Uint8Array, out: CallerWriter): Promise<Sent> {
  try {
    if (body.length <= TOGETHER_BYTES) await out.writePiece(out.pieces.join(head, body));
    else {
      await out.writePiece(out.pieces.join(head, NOTHING));
      await out.write(body);
    }
    return "whole";
  } catch {
    return "cut";
  }
}

async function pass(
  body: BodySource,
  head: string,
  { out, framing }: { readonly out: CallerWriter; readonly framing: Framing },
): Promise<Sent> {
  const isChunked = framing === "chunks";
  let sentBytes = 0;
  try {
    const reading = body.read();
    const first = reading instanceof Promise ? await atOnce(reading) : reading;
    await out.writePiece(
      first !== undefined && isChunked
        ? out.pieces.chunk(first, head)
        : out.pieces.join(head, first ?? NOTHING),
    );
    let chunk = first ?? await reading;
    sentBytes = first?.length ?? 0;
    if (first !== undefined) chunk = await body.read();
    for (; chunk !== undefined; chunk = await body.read()) {
      sentBytes += chunk.length;
      await (isChunked ? out.writePiece(out.pieces.chunk(chunk)) : out.write(chunk));
    }
    if (isChunked) await out.write(LAST_CHUNK);
    if (framing === "until close") return framing;
    return typeof framing === "number" && framing !== sentBytes ? "cut" : "whole";
  } catch {
    // Of a body that was cut nothing is left to be cancelled.
    body.cancel();
    return "cut";
  }
}

/** Enough for what is there already to come through whoever passes it on. */
const TICKS = 8;

/** What it resolves with before anything else can happen; undefined where it takes longer. */
async function atOnce<T>(promise: Promise<T>): Promise<T | undefined> {
  let value: T | undefined;
  let isOver = false;
  promise.then((resolved) => {
    value = resolved;
    isOver = true;
  }, () => isOver = true);
  for (let tick = 0; tick < TICKS && !isOver; tick++) await undefined;
  return value;
}
