/** Backends that quote what they were sent, credentials and all, in every place and spelling. */
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import { chunk, type Exchange, rawReply, reply, type Script } from "../peer.ts";

/** Where the first backend quotes. One line a way; new ones are taken up by every test. */
export const ECHOES: Readonly<Record<string, Script>> = {
  ...errors(400, 401, 402, 403, 404, 413, 422, 429, 500, 502, 503, 529),
  "a 200": (exchange) => exchange.write(reply(200, JSON.stringify({ output: quoted(exchange) }))),
  "an error in a 200": (exchange) => exchange.write(reply(200, errorBody(exchange))),
  "an HTML page in a 200": (exchange) =>
    exchange.write(reply(200, `<html>${quoted(exchange)}`, { "content-type": "text/html" })),
  "text in a 503": (exchange) =>
    exchange.write(reply(503, quoted(exchange), { "content-type": "text/plain" })),
  "a 503 in escapes": (exchange) =>
    exchange.write(reply(503, `{"error":{"message":"${escapedJson(quoted(exchange))}"}}`)),
  "a 503 in JSON in JSON": (exchange) =>
    exchange.write(reply(503, JSON.stringify({ error: { message: errorBody(exchange) } }))),
  "a 503 in percent-encoding": (exchange) =>
    exchange.write(reply(503, inPercent(quoted(exchange)), { "content-type": "text/plain" })),
  "a 503 in Base64": (exchange) =>
    exchange.write(reply(503, Buffer.from(`a${quoted(exchange)}`).toString("base64"))),
  ...coded("gzip", zlib.gzipSync),
  ...coded("deflate", zlib.deflateSync),
  ...coded("br", zlib.brotliCompressSync),
  ...coded("zstd", zlib.zstdCompressSync),
  "a header of a 503": (exchange) => exchange.write(rawReply(503, headerLines(exchange), "{}")),
  "a header of a 200": (exchange) =>
    exchange.write(rawReply(200, headerLines(exchange), `{"output":""}`)),
  "the Location of a redirect": (exchange) =>
    exchange.write(rawReply(302, [
      `Location: https://u:${tokenIn(exchange)}@h/x?key=${tokenIn(exchange)}&a=1`,
      `Set-Cookie: session=${tokenIn(exchange)}; Path=/`,
    ])),
  "a stream's content": (exchange) => stream(exchange, [contentOf(exchange), DONE], "end"),
  "a stream's error event": (exchange) => stream(exchange, [errorEvent(exchange)], "end"),
  "an error event after content": (exchange) =>
    stream(exchange, [HELLO, errorEvent(exchange)], "end"),
  "a stream that is cut": (exchange) => stream(exchange, [HELLO, contentOf(exchange)], "reset"),
  "a stream of anything": (exchange) => stream(exchange, [`data: ${quoted(exchange)}\n\n`], "end"),
  "the start of an event": (exchange) =>
    stream(exchange, [`data: ${tokenIn(exchange)} is not valid\n\n`], "end"),
  "bytes that are no HTTP": (exchange) => exchange.write(`${quoted(exchange)}\r\n\r\n`),
  "a header that is none": (exchange) =>
    exchange.write(`HTTP/1.1 200 OK\r\nx: ${tokenIn(exchange)}\0\r\n\r\n`),
  "a chunk size that is none": (exchange) =>
    exchange.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${tokenIn(exchange)}\r\n`),
  "a reason phrase": (exchange) =>
    exchange.write(`HTTP/1.1 503 ${tokenIn(exchange)}\r\ncontent-length: 0\r\n\r\n`),
  "a Retry-After": (exchange) =>
    exchange.write(rawReply(429, [`Retry-After: ${tokenIn(exchange)}`], "{}")),
  "a content type": (exchange) =>
    exchange.write(rawReply(200, [`Content-Type: text/html; charset="${tokenIn(exchange)}"`], "x")),
  "a coding": (exchange) =>
    exchange.write(rawReply(503, [`Content-Encoding: ${tokenIn(exchange)}`], "x")),
  "a reset": ({ reset }) => reset(),
};

function errors(...statuses: readonly number[]): Record<string, Script> {
  const scripts = statuses.map((status) => {
    const script: Script = (exchange) => exchange.write(reply(status, errorBody(exchange)));
    return [`a ${status}`, script] as const;
  });
  return Object.fromEntries(scripts);
}

function coded(coding: string, encode: (text: string) => Uint8Array): Record<string, Script> {
  const headers = { "content-encoding": coding };
  return {
    [`a 503 in ${coding}`]: (exchange) =>
      exchange.write(reply(503, encode(errorBody(exchange)), headers)),
    [`a 200 in ${coding}`]: (exchange) =>
      exchange.write(reply(200, encode(JSON.stringify({ output: quoted(exchange) })), headers)),
  };
}

/** All that came, but the headers one by one, so that each stands after something else. */
function quoted({ request: { head, body } }: Exchange): string {
  const tokens = head.split(/[\s:;,=&.]+/).filter((token) => token.includes("QZQ"));
  return `${head.replaceAll("\r\n", " | ")} ${tokens.join(" ")} "${tokens.join(`","`)}" ${
    Buffer.from(body).toString("latin1")
  }`;
}

/** The last credential that came, where only one has room. */
function tokenIn({ request: { head } }: Exchange): string {
  return /[\w-]*QZQ[\w-]*/.exec(head)?.[0] ?? "none";
}

function errorBody(exchange: Exchange): string {
  const message = `Incorrect API key provided: ${quoted(exchange)}`;
  return JSON.stringify({
    error: { message, type: "invalid_request_error", code: tokenIn(exchange) },
  });
}

function headerLines(exchange: Exchange): string[] {
  const token = tokenIn(exchange);
  return [
    `x-echo: you sent ${token}`,
    `WWW-Authenticate: Bearer realm="${token}"`,
    `x-request-url: https://h/v1?key=${inPercent(token)}`,
    `x-json: {"api_key":"${token}"}`,
  ];
}

const HELLO = `data: {"choices":[{"index":0,"delta":{"content":"Hello"}}]}\n\n`;
const DONE = "data: [DONE]\n\n";

function contentOf(exchange: Exchange): string {
  return `data: ${
    JSON.stringify({ choices: [{ index: 0, delta: { content: quoted(exchange) } }] })
  }\n\n`;
}

function errorEvent(exchange: Exchange): string {
  return `event: error\ndata: ${errorBody(exchange)}\n\n`;
}

async function stream(
  { write, reset }: Exchange,
  events: readonly string[],
  end: "end" | "reset",
): Promise<void> {
  await write(
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n" +
      "transfer-encoding: chunked\r\n\r\n",
  );
  for (const event of events) await write(chunk(event));
  if (end === "reset") return reset();
  await write(chunk(""));
}

function escapedJson(text: string): string {
  return [...text].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

function inPercent(text: string): string {
  return [...Buffer.from(text)].map((byte, index) => {
    const hex = byte.toString(16).padStart(2, "0");
    return `%${index % 2 === 0 ? hex : hex.toUpperCase()}`;
  }).join("");
}
