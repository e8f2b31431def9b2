/** Every way to fail before the first content event after which a call moves on, as data. */
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { chunk, reply, type Script } from "../peer.ts";
import type { Column } from "./columns.ts";
import { headOf, type VendorStream } from "./streams.ts";

export interface Failure {
  readonly name: string;
  /** refused: nothing listens. */
  readonly behaviour: Script | "refused";
  /** The rows of the table of failures that each of its attempts may meet. */
  readonly rows: readonly (readonly number[])[];
  /** Further keys of the backend, as YAML. */
  readonly keys: string;
}

/** What `error_patterns` is to hold. */
export const PATTERN = "no available channel";

/** The failures of a column, a backend each. */
export function failuresOf(column: Column): Failure[] {
  const { stream } = column;
  return [
    ...BEFORE_THE_HEAD,
    ...errorReplies(column),
    ...brokenBodies(column),
    ...(stream === undefined ? [] : brokenStreams(stream)),
  ];
}

/** A failure of the caller's own key, after which only a call that has moved on before goes on. */
export function refusedLater({ errorBody }: Column): Failure {
  return failure("401 later on", 10, replying(401, errorBody(401)));
}

/** What a backend is given whose head, or whose content, is waited for in vain. */
const NO_HEAD = "timeouts: { first_byte_seconds: 0.3 }";
const NO_CONTENT = "timeouts: { first_content_seconds: 0.3 }";

const BEFORE_THE_HEAD: readonly Failure[] = [
  failure("refused connection", 4, "refused"),
  failure("closed before the head", 5, ({ close }) => close()),
  failure("reset before the head", 5, ({ reset }) => reset()),
  failure("half a head", 5, sending("HTTP/1.1 200 OK\r\nContent-Ty")),
  failure("half a head, then a reset", 5, sending("HTTP/1.1 200 OK\r\nContent-Ty", "reset")),
  failure("garbage", 5, sending("\x00\x01 no HTTP\r\n\r\n")),
  failure("silence before the head", 6, () => {}, NO_HEAD),
];

/** The row of a reset that took with it what had been sent and not been read. */
const LOST = 5;

const ERROR_CODES = [402, 408, 429, 500, 502, 503, 504, 529];
const HTML = "<!DOCTYPE html>\n<html><body>Bad gateway</body></html>\n";
const POOL = "auth: inject, api_key: [sk-own-1, sk-own-2]";
const ONE_KEY = "auth: inject, api_key: sk-own-1";

function errorReplies({ errorBody }: Column): Failure[] {
  const matching = errorBody(404).replace("No: 404.", "There is no available channel for it.");
  const pooled = { ...failure("429 of both keys", 11, replying(429, errorBody(429)), POOL) };
  return [
    ...ERROR_CODES.map((code) => failure(`${code}`, 12, replying(code, errorBody(code)))),
    failure("502 with a page", 12, replying(502, HTML, { "content-type": "text/html" })),
    failure("404 that matches a pattern", 13, replying(404, matching)),
    failure("401 of our key", 9, replying(401, errorBody(401)), ONE_KEY),
    { ...pooled, rows: [[11], [12]] },
  ];
}

const JSON_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const CHUNKED = `${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\n`;
const GZIP = { "content-encoding": "gzip" };

/** 200s that are no answer, whatever was asked for. */
function brokenBodies({ errorBody }: Column): Failure[] {
  const error = errorBody(503);
  const half = `{"choices":[{"message":`;
  const silence = async ({ write }: Parameters<Script>[0]) => await write(CHUNKED);
  return [
    failure("JSON error in a 200", 15, replying(200, error)),
    failure("JSON error in a 200, in gzip", 15, replying(200, gzipSync(error), GZIP)),
    failure("page in a 200", 16, replying(200, HTML, { "content-type": "text/html" })),
    failure("empty 200", 16, replying(200, "")),
    failure("half a document", 16, replying(200, half)),
    failure(
      "JSON short of its length",
      17,
      sending(`${JSON_HEAD}Content-Length: 90\r\n\r\n${half}`),
    ),
    failure("JSON without a last chunk", 17, sending(CHUNKED + chunk(half))),
    failure("JSON with a broken chunk", 17, sending(`${CHUNKED}${chunk(half)}zz\r\n`)),
    failure("JSON cut by a reset", [17, LOST], sending(CHUNKED + chunk(half), "reset")),
    failure("silence after the head", 18, silence, NO_CONTENT),
  ];
}

/** Streams that fail before their first content: row 18. */
function brokenStreams(stream: VendorStream): Failure[] {
  const { opening, content, errors } = stream;
  const neutral = opening.join("");
  const half = (content[0] ?? "").slice(0, 30);
  return [
    ...errors.flatMap((error, index) => [
      streaming(`error event ${index + 1} first`, error),
      streaming(`error event ${index + 1} after neutral ones`, neutral + error),
      zipped(`error event ${index + 1} in gzip`, stream, neutral + error),
    ]),
    streaming("malformed event first", MALFORMED),
    streaming("malformed event after neutral ones", neutral + MALFORMED),
    streaming("end after the head", ""),
    streaming("end after neutral events", neutral),
    streaming("half an event at the end", neutral + half),
    cutting("connection closed after the head", "", "close"),
    cutting("reset after neutral events", neutral, "reset"),
    cutting("connection closed after neutral events", neutral, "close"),
    cutting("half an event, then a reset", neutral + half, "reset"),
    failure("end inside a chunk", 18, sending(`${headOf(stream)}fff\r\n${neutral}`)),
    failure(
      "end short of the length",
      18,
      sending(headOf(stream, "Content-Length: 9999") + neutral),
    ),
    failure("silence after neutral events", 18, pinging(stream, Infinity), NO_CONTENT),
    failure("pings after neutral events", 18, pinging(stream, 30), NO_CONTENT),
  ];

  /** A stream whose framing ends in order. */
  function streaming(name: string, events: string): Failure {
    const body = events === "" ? "" : chunk(events);
    return failure(name, 18, ({ write }) => write(headOf(stream) + body + chunk("")));
  }

  function cutting(name: string, events: string, end: "close" | "reset"): Failure {
    const body = events === "" ? "" : chunk(events);
    const rows = end === "reset" ? [18, LOST] : 18;
    return failure(name, rows, sending(headOf(stream) + body, end));
  }
}

const MALFORMED = "data: <html>Bad gateway</html>\n\n";

function zipped(name: string, { contentType }: VendorStream, events: string): Failure {
  const headers = { ...GZIP, "content-type": contentType };
  return failure(name, 18, replying(200, gzipSync(events), headers));
}

/** The opening, and pings from then on. */
function pinging(stream: VendorStream, everyMs: number): Script {
  return async ({ write, gone }) => {
    await write(headOf(stream) + chunk(stream.opening.join("")));
    if (everyMs === Infinity) return;
    const timer = setInterval(() => write(chunk(": ping\n\nevent: ping\ndata: {}\n\n")), everyMs);
    await gone.finally(() => clearInterval(timer));
  };
}

function failure(
  name: string,
  rows: number | readonly number[],
  behaviour: Failure["behaviour"],
  keys = "",
): Failure {
  return { name, behaviour, rows: [[rows].flat()], keys };
}

function replying(...parts: Parameters<typeof reply>): Script {
  const bytes = reply(...parts);
  return ({ write }) => write(bytes);
}

/** Bytes, and then the end of the connection. */
function sending(text: string, end: "close" | "reset" = "close"): Script {
  return async (exchange) => {
    await exchange.write(Buffer.from(text));
    // Nothing tells when the bytes have been read: time enough for most, and `LOST` for the others.
    if (end === "reset") await new Promise((resolve) => setTimeout(resolve, 20));
    exchange[end]();
  };
}
