/** Requests and replies that are made to hold a proxy's event loop, by what they try. */
import { brotli, deflate, filled, gzip, LARGE_JSON, utf8, words, zstd } from "./bodies.ts";

const KB = 1024;
const MB = 1024 * KB;

/** One exchange: what is sent, and what the backend answers. */
export interface Hostile {
  readonly name: string;
  readonly target?: string;
  /** Besides Host and Content-Length. */
  readonly lines?: () => readonly string[];
  readonly body?: () => Uint8Array;
  /** The backend's whole answer, framing and all; a plain completion where it is left out. */
  readonly reply?: () => Uint8Array;
}

const JSON_LINE = "content-type: application/json";
const CHAT = "/v1/chat/completions";
const SMALL = () => utf8(`{"model":"gpt","messages":[{"role":"user","content":"hello"}]}`);
const STREAMED = () => utf8(`{"model":"gpt","stream":true,"messages":[]}`);

function coded(coding: string, body: () => Uint8Array): Pick<Hostile, "lines" | "body"> {
  return { lines: () => [JSON_LINE, `content-encoding: ${coding}`], body };
}

function form(body: () => Uint8Array): Pick<Hostile, "lines" | "body" | "target"> {
  const lines = () => ["content-type: multipart/form-data; boundary=b"];
  return { target: "/v1/audio/transcriptions", lines, body };
}

function urlencoded(body: () => Uint8Array): Pick<Hostile, "lines" | "body"> {
  return { lines: () => ["content-type: application/x-www-form-urlencoded"], body };
}

function reply(
  status: number,
  body: Uint8Array,
  lines: readonly string[] = [JSON_LINE],
): Uint8Array {
  const head = [`HTTP/1.1 ${status} X`, ...lines, `content-length: ${body.length}`].join("\r\n");
  return joined([utf8(`${head}\r\n\r\n`), body]);
}

const EVENTS = "content-type: text/event-stream";
const FIRST = `data: {"choices":[{"delta":{"content":"a"}}]}\n\n`;
const LAST = "data: [DONE]\n\n";

function stream(piece: string, bytes: number, lines: readonly string[] = []): Uint8Array {
  return reply(200, filled(bytes, { start: FIRST, piece, end: LAST }), [EVENTS, ...lines]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const COMPLETION = `"choices":[{"message":{"role":"assistant","content":"hello"}}]`;
const PART = `--b\r\ncontent-disposition: form-data; name="model"\r\n\r\ngpt\r\n`;

export const HOSTILE: readonly Hostile[] = [
  { name: "nothing out of the way" },
  { name: "gzip, 58 kB of 60 MB", ...coded("gzip", () => gzip(LARGE_JSON.text())) },
  { name: "gzip of gzip, named once", ...coded("gzip", () => gzip(gzip(LARGE_JSON.text()))) },
  { name: "gzip, gzip", ...coded("gzip, gzip", () => gzip(gzip(LARGE_JSON.text()))) },
  {
    name: "gzip of 20 MB that expands little",
    ...coded(
      "gzip",
      () => gzip(joined([utf8(`{"model":"gpt","a":"`), words(20 * MB), utf8(`"}`)])),
    ),
  },
  { name: "gzip of 60 MB of models", ...coded("gzip", () => gzip(LARGE_JSON.models())) },
  { name: "deflate of 60 MB", ...coded("deflate", () => deflate(LARGE_JSON.text())) },
  { name: "br of 60 MB", ...coded("br", () => brotli(LARGE_JSON.keys())) },
  { name: "br bomb, 100 B of 60 MB", ...coded("br", () => brotli(LARGE_JSON.text())) },
  {
    name: "zstd of 20 MB",
    ...coded(
      "zstd",
      () => zstd(joined([utf8(`{"model":"gpt","a":"`), words(20 * MB), utf8(`"}`)])),
    ),
  },
  { name: "zstd bomb", ...coded("zstd", () => zstd(LARGE_JSON.text())) },
  {
    name: "zstd bomb, padded to be let in",
    ...coded("zstd", () =>
      zstd(
        joined([
          utf8(`{"model":"gpt","b":"`),
          words(100 * KB),
          utf8(`","a":"`),
          filled(59 * MB, { piece: "x" }),
          utf8(`"}`),
        ]),
      )),
  },
  { name: "60 MB of text, model last", body: LARGE_JSON.text },
  { name: "60 MB string of escaped quotes", body: LARGE_JSON.escapes },
  { name: "60 MB string of backslashes", body: LARGE_JSON.backslashes },
  { name: "60 MB of white space", body: LARGE_JSON.space },
  { name: "60 MB number", body: LARGE_JSON.digits },
  {
    name: "60 MB of brackets",
    body: () => filled(60 * MB, { start: `{"model":"gpt","a":`, piece: "[" }),
  },
  {
    name: "1,000,000 brackets closed",
    body: () =>
      joined([
        utf8(`{"model":"gpt","a":`),
        filled(MB, { piece: "[" }),
        filled(MB, { piece: "]" }),
        utf8("}"),
      ]),
  },
  {
    name: "60 MB of objects in objects",
    body: () => filled(60 * MB, { start: `{"model":"gpt","a":`, piece: `{"a":` }),
  },
  { name: "60 MB of keys", body: LARGE_JSON.keys },
  { name: "60 MB of escaped keys", body: LARGE_JSON.escapedKeys },
  { name: "60 MB key of escapes", body: LARGE_JSON.longKey },
  { name: "60 MB of models", body: LARGE_JSON.models },
  { name: "60 MB of escaped models", body: LARGE_JSON.escapedModels },
  {
    name: "100,000 models",
    body: () => filled(1400 * KB, { start: "{", piece: `"model":"gpt",`, end: `"model":"gpt"}` }),
  },
  { name: "60 MB of empty lists", body: LARGE_JSON.lists },
  {
    name: "60 MB model",
    body: () => filled(60 * MB, { start: `{"model":"`, piece: "\\u0061", end: `"}` }),
  },
  {
    name: "1 MB model (nearest of 20,000 aliases)",
    body: () => filled(MB, { start: `{"model":"`, piece: "a", end: `"}` }),
  },
  {
    name: "100 B model (nearest of 20,000 aliases)",
    body: () => utf8(`{"model":"${"ab".repeat(50)}"}`),
  },
  {
    name: "1 MB of \\u0061%2561",
    body: () => filled(MB, { start: `{"model":"gpt","a":"`, piece: "\\u0061%2561", end: `"}` }),
  },
  { name: "1,800,000 messages", body: LARGE_JSON.messages },
  {
    name: "100,000 messages",
    body: () =>
      filled(3400 * KB, {
        start: `{"model":"gpt","messages":[`,
        piece: `{"role":"user","content":"hello"},`,
        end: `{"role":"assistant","content":"hi"}]}`,
      }),
  },
  { name: "60 MB first message", body: LARGE_JSON.oneMessage },
  { name: "60 MB system prompt", body: LARGE_JSON.system },
  { name: "60 MB of keys of ids", body: LARGE_JSON.ids },
  {
    name: "250 kB signature of =",
    body: () =>
      filled(250 * KB, {
        start: `{"model":"gpt","messages":[{"signature":"`,
        piece: "=",
        end: `x"}]}`,
      }),
  },
  {
    name: "8 lists of 50,000 ids",
    body: () =>
      utf8(
        `{"model":"gpt","messages":[${
          Array(8).fill(`{"file_id":[${Array(30000).fill(`"aaaa"`).join()}]}`).join()
        }]}`,
      ),
  },
  {
    name: "60 MB metadata",
    body: () =>
      filled(60 * MB, {
        start: `{"model":"gpt","metadata":{`,
        piece: `"a":1,`,
        end: `"b":1},"messages":[]}`,
      }),
  },
  {
    name: "60 MB cache key",
    body: () =>
      filled(60 * MB, {
        start: `{"model":"gpt","prompt_cache_key":"`,
        piece: "\\u0061",
        end: `","messages":[]}`,
      }),
  },
  { name: "60 MB, no JSON", body: () => filled(60 * MB, { piece: " " }) },
  {
    name: "form of 2,000 parts",
    ...form(() => filled(2000 * PART.length, { piece: PART, end: "--b--" })),
  },
  {
    name: "form of 100,000 parts",
    ...form(() => filled(100_000 * PART.length, { piece: PART, end: "--b--" })),
  },
  { name: "form without an end", ...form(() => filled(60 * MB, { start: PART, piece: "x" })) },
  {
    name: "form of 60 MB of lines",
    ...form(() => filled(60 * MB, { start: PART, piece: "\r\n" })),
  },
  {
    name: "form of near boundaries",
    ...form(() => filled(60 * MB, { start: PART, piece: "\r\n--bx" })),
  },
  {
    name: "form with a head of 1 MB",
    ...form(() => filled(MB, { start: "--b\r\n", piece: "x-header: a\r\n", end: "\r\n" })),
  },
  {
    name: "2,000 parts with heads of 15 kB",
    ...form(() =>
      filled(30 * MB, {
        piece: `--b\r\ncontent-disposition: form-data${`;name="a"`.repeat(1500)}\r\n\r\nx\r\n`,
        end: `${PART}--b--`,
      })
    ),
  },
  {
    name: "form of 60 MB with a model of 60 MB",
    ...form(() => filled(60 * MB, { start: PART.slice(0, -5), piece: "x", end: "\r\n--b--" })),
  },
  {
    name: "urlencoded, 60 MB of &",
    ...urlencoded(() => filled(60 * MB, { start: "model=gpt", piece: "&" })),
  },
  {
    name: "urlencoded, 60 MB of models",
    ...urlencoded(() => filled(60 * MB, { start: "model=gpt", piece: "&model=gpt" })),
  },
  {
    name: "urlencoded, 60 MB of escaped names",
    ...urlencoded(() => filled(60 * MB, { start: "model=gpt", piece: "&%6dodel=gpt" })),
  },
  {
    name: "urlencoded, 60 MB of +",
    ...urlencoded(() => filled(60 * MB, { start: "model=", piece: "+" })),
  },
  { name: "5,200 parameters key=", target: `${CHAT}?${"key=abcdef&".repeat(5200)}a=1` },
  { name: "6,000 parameters model=", target: `${CHAT}?${"model=gpt&".repeat(6000)}a=1` },
  {
    name: "60 kB of header lines",
    lines: () => Array(1900).fill("x-some-header: some other value"),
  },
  {
    name: "60 kB of Connection and as many names",
    lines: () => [
      ...Array.from({ length: 12 }, (_, i) => `connection: ${Array(800).fill(`x${i}`).join()}`),
      ...Array.from({ length: 900 }, (_, i) => `x${i}: a`),
    ],
  },
  {
    name: "60 kB of cookies",
    lines: () => Array(1000).fill("cookie: a=b; c=d; bearer=abcdefgh; auth=ijklmnop"),
  },
  {
    name: "WebSocket with 60 kB of subprotocols",
    target: "/v1/realtime?model=gpt",
    lines: () => [
      "connection: upgrade",
      "upgrade: websocket",
      "sec-websocket-version: 13",
      "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
      `sec-websocket-protocol: ${
        Array(2500).fill("openai-insecure-api-key.abc").join(",").slice(0, 60000)
      }`,
    ],
  },
  {
    name: "Gemini path of 30 kB",
    target: `/v1beta/models/${"%61".repeat(10_000)}:generateContent`,
  },
  {
    name: "Gemini path of 30 kB of :",
    target: `/v1beta/models/${":a".repeat(15_000)}:generateContent`,
  },
  {
    name: "Azure path of 30 kB",
    target: `/openai/deployments/${"a%2f".repeat(7500)}/chat/completions`,
  },
  { name: "path of 30 kB of slashes", target: `${"/v1/files".repeat(3300)}${CHAT}` },
  { name: "path of 30 kB of dots", target: `/v1${"/%2e%2e".repeat(4200)}${CHAT}` },
  {
    name: "reply: 1 MB of brackets",
    body: SMALL,
    reply: () =>
      reply(
        200,
        joined([
          utf8(`{${COMPLETION},"a":`),
          filled(500 * KB, { piece: "[" }),
          filled(500 * KB, { piece: "]" }),
          utf8("}"),
        ]),
      ),
  },
  {
    name: "reply: 1 MB of keys",
    body: SMALL,
    reply: () =>
      reply(
        200,
        filled(1000 * KB, { start: `{${COMPLETION},`, piece: `"a":1,`, end: `"usage":{}}` }),
      ),
  },
  {
    name: "reply: 1 MB of results",
    body: SMALL,
    reply: () =>
      reply(200, filled(1000 * KB, { start: `{`, piece: `"choices":[],`, end: `"usage":{}}` })),
  },
  {
    name: "reply: usage of 1 MB",
    body: SMALL,
    reply: () =>
      reply(
        200,
        filled(1000 * KB, {
          start: `{${COMPLETION},"usage":{`,
          piece: `"aaaa":{"b":1},`,
          end: `"b":1}}`,
        }),
      ),
  },
  {
    name: "reply: usage of 1 MB, all different",
    body: SMALL,
    reply: () =>
      reply(
        200,
        utf8(
          `{${COMPLETION},"usage":{${
            Array.from({ length: 80_000 }, (_, i) => `"k${i}":1`).join()
          }}}`,
        ),
      ),
  },
  {
    name: "reply: 250 kB signature of =",
    body: SMALL,
    reply: () =>
      reply(
        200,
        filled(250 * KB, { start: `{${COMPLETION},"signature":"`, piece: "=", end: `x"}` }),
      ),
  },
  {
    name: "reply: ids, 1 MB",
    body: SMALL,
    reply: () =>
      reply(
        200,
        filled(1000 * KB, {
          start: `{${COMPLETION},"a":[`,
          piece: `{"file_id":"abcd"},`,
          end: `1]}`,
        }),
      ),
  },
  {
    name: "reply: gzip bomb",
    body: SMALL,
    reply: () => reply(200, gzip(LARGE_JSON.text()), [JSON_LINE, "content-encoding: gzip"]),
  },
  {
    name: "reply: br bomb",
    body: SMALL,
    reply: () => reply(200, brotli(LARGE_JSON.text()), [JSON_LINE, "content-encoding: br"]),
  },
  {
    name: "reply: zstd bomb",
    body: SMALL,
    reply: () => reply(200, zstd(LARGE_JSON.text()), [JSON_LINE, "content-encoding: zstd"]),
  },
  {
    name: "reply: gzip of 4 MB of tiny events",
    body: STREAMED,
    reply: () =>
      reply(200, gzip(filled(4000 * KB, { start: FIRST, piece: "data:1\n\n", end: LAST })), [
        EVENTS,
        "content-encoding: gzip",
      ]),
  },
  {
    name: "reply: 1,000,000 tiny events",
    body: STREAMED,
    reply: () => stream("data:1\n\n", 8 * MB),
  },
  { name: "reply: 8 MB of pings", body: STREAMED, reply: () => stream(":\n\n", 8 * MB) },
  { name: "reply: 8 MB of blank lines", body: STREAMED, reply: () => stream("\n", 8 * MB) },
  {
    name: "reply: an event of 1 MB",
    body: STREAMED,
    reply: () =>
      reply(
        200,
        filled(MB, {
          start: `data: {"choices":[{"delta":{"content":"`,
          piece: "\\u0061",
          end: `"}}]}\n\n${LAST}`,
        }),
        [EVENTS],
      ),
  },
  {
    name: "reply: events of 1 MB of brackets",
    body: STREAMED,
    reply: () =>
      reply(
        200,
        joined(
          Array(4).fill(
            joined([
              utf8(`data: {"error":`),
              filled(500 * KB, { piece: "[" }),
              filled(500 * KB, { piece: "]" }),
              utf8("}\n\n"),
            ]),
          ),
        ),
        [EVENTS],
      ),
  },
  {
    name: "reply: events of 1 MB of keys",
    body: STREAMED,
    reply: () =>
      reply(
        200,
        joined(
          Array(4).fill(
            filled(1000 * KB, {
              start: `data: {"finish_reason":1,`,
              piece: `"a":[{}],`,
              end: `"b":1}\n\n`,
            }),
          ),
        ),
        [EVENTS],
      ),
  },
  {
    name: "reply: events of 1 MB, all keys different",
    body: STREAMED,
    reply: () =>
      reply(
        200,
        joined(
          Array(3).fill(utf8(`data: {"finish_reason":1,${
            Array.from({ length: 80_000 }, (_, i) => `"k${i}":1`).join()
          }}\n\n`)),
        ),
        [EVENTS],
      ),
  },
  {
    name: "reply: an event without an end, 10 MB",
    body: STREAMED,
    reply: () => reply(200, filled(10 * MB, { start: "data: ", piece: "x" }), [EVENTS]),
  },
  {
    name: "reply: an event of 10 MB of data lines",
    body: STREAMED,
    reply: () => reply(200, filled(10 * MB, { piece: "data: \n" }), [EVENTS]),
  },
  {
    name: "reply: 2 MB of NUL, then JSON",
    body: SMALL,
    reply: () => reply(200, filled(2 * MB, { piece: "\0", end: `{${COMPLETION}}` })),
  },
  {
    name: "reply: a mark and 1 MB of space",
    body: SMALL,
    reply: () =>
      reply(200, filled(MB - KB, { start: "\ufeff", piece: " ", end: `{${COMPLETION}}` })),
  },
  {
    name: "reply: 500 with 1 MB of text",
    body: SMALL,
    reply: () => reply(500, filled(MB, { piece: "ab" }), ["content-type: text/plain"]),
  },
  {
    name: "reply: 400 with 1 MB of JSON",
    body: SMALL,
    reply: () =>
      reply(400, filled(60 * KB, { start: `{"error":{"message":"`, piece: "aaab", end: `"}}` })),
  },
  {
    name: "reply: 429 with 60 kB of details",
    body: SMALL,
    reply: () =>
      reply(
        429,
        filled(60 * KB, {
          start: `{"error":{"details":[`,
          piece: `{"retryDelay":"1111111111s1"},`,
          end: `{}]}}`,
        }),
      ),
  },
  {
    name: "reply: 429 with a Retry-After of 8 kB",
    body: SMALL,
    reply: () =>
      reply(429, utf8("{}"), [
        JSON_LINE,
        `retry-after: ${"1".repeat(8000)}x`,
        `retry-after: ${" ".repeat(8000)}x`,
      ]),
  },
  {
    name: "reply: 429 with 60 kB of resets",
    body: SMALL,
    reply: () =>
      reply(429, utf8("{}"), [
        JSON_LINE,
        ...Array.from({ length: 900 }, (_, i) => `x-ratelimit-reset-${i}: 1h1m1s`),
        ...Array.from({ length: 900 }, (_, i) => `x-ratelimit-remaining-${i}: 0`),
      ]),
  },
  {
    name: "reply: 500 gzip bomb",
    body: SMALL,
    reply: () => reply(500, gzip(filled(60 * MB, { piece: "a" })), ["content-encoding: gzip"]),
  },
  {
    name: "reply: Gemini list of 1,000,000",
    target: "/v1beta/models/gpt:streamGenerateContent",
    body: SMALL,
    reply: () => reply(200, filled(4 * MB, { start: "[", piece: `{},`, end: "{}]" })),
  },
];

/** An exchange as it stands on the wire; it ends with its connection. */
export function requestBytes({ target = CHAT, lines, body = SMALL }: Hostile): Uint8Array {
  const bytes = body();
  const all = [
    `POST ${target} HTTP/1.1`,
    "host: 127.0.0.1",
    ...(lines?.() ?? [JSON_LINE]),
    ...(lines?.().some((line) => line.startsWith("upgrade:")) ? [] : ["connection: close"]),
    `content-length: ${bytes.length}`,
  ];
  return joined([utf8(`${all.join("\r\n")}\r\n\r\n`), bytes]);
}

/** What the backend answers to it. */
export function replyBytes({ reply: made }: Hostile): Uint8Array {
  return made?.() ?? reply(200, utf8(`{${COMPLETION}}`));
}
