/** Replies of every dialect, framing, coding and size. */
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import { recordings } from "../../dialect/recordings.ts";
import type { AnswerKind } from "./calls.ts";
import type { Filling } from "./filling.ts";
import { replyLines } from "./fields.ts";
import { inChunks, withLength } from "./framing.ts";
import type { Random } from "./random.ts";

/** A reply as it goes over the wire. */
export interface Answer {
  readonly bytes: Buffer;
  /** Whether the end of the connection is its end. */
  readonly closes: boolean;
}

export interface AnswerOptions {
  readonly method: string;
  readonly kind: AnswerKind;
  readonly filling: Filling;
  /** Of the body, about. */
  readonly bytes: number;
  readonly streams: Streams;
}

/** Streams by what answers with them. */
export type Streams = Readonly<Record<AnswerKind, readonly Buffer[]>>;

const FORMATS = { chat: "openai_chat", responses: "openai_responses" } as const;

/** Those that providers really sent, where they are at hand. */
export function recordedStreams(): Streams {
  const all = recordings();
  const of = (name: string) =>
    all.filter(({ format }) => format.name === name).map(({ stream }) => Buffer.from(stream));
  return {
    chat: of(FORMATS.chat),
    responses: of(FORMATS.responses),
    anthropic: of("anthropic"),
    gemini: of("gemini"),
    json: [],
    binary: [],
  };
}

/** A reply that is well; of a stream half are recorded ones. */
export function answerOf(random: Random, options: AnswerOptions): Answer {
  const { type, body } = contentOf(random, options);
  const coded = encoded(random, body);
  const head = [
    ...(random.chance(0.02) ? ["HTTP/1.1 103 Early Hints", "Link: </a>", ""] : []),
    `HTTP/1.1 ${random.pick(["200 OK", "200 Fine", "201 Created", "200 "])}`,
    ...replyLines(random),
    `Content-Type: ${type}`,
    ...coded.lines,
  ];
  const closes = random.chance(0.03);
  const framed = closes
    ? { lines: ["Connection: close"], bytes: coded.body }
    : random.chance(0.5)
    ? inChunks(random, coded.body, random.chance(0.1) ? ["X-Trailer: kept back"] : [])
    : withLength(coded.body);
  const start = Buffer.from(`${[...head, ...framed.lines].join("\r\n")}\r\n\r\n`, "latin1");
  if (options.method === "HEAD") return { bytes: start, closes };
  return { bytes: Buffer.concat([start, framed.bytes]), closes };
}

interface Content {
  readonly type: string;
  readonly body: Buffer;
}

function contentOf(random: Random, options: AnswerOptions): Content {
  const { kind, filling, bytes, streams } = options;
  if (kind === "binary") return { type: "audio/mpeg", body: filling.binary(random, bytes) };
  const text = filling.text(random, bytes);
  if (kind === "json") {
    return { type: "application/json", body: around(`{"model":"x","output":"`, text, `"}\n`) };
  }
  const type = "text/event-stream; charset=utf-8";
  const [first, ...more] = streams[kind];
  const stream = first && random.pick([first, ...more]);
  if (stream === undefined || random.chance(0.5)) {
    const [before, after] = EVENTS[kind];
    return { type, body: around(before, text, after) };
  }
  const wanted = Math.max(1, Math.min(40, Math.floor(bytes / stream.length)));
  // Several in a row make a long one: what comes after a last event passes like the rest.
  return { type, body: Buffer.concat(Array(wanted).fill(stream)) };
}

function around(before: string, text: Buffer, after: string): Buffer {
  return Buffer.concat([Buffer.from(before), text, Buffer.from(after)]);
}

/** What stands around the text of a stream's one event with content, and its end. */
const EVENTS = {
  chat: [`data: {"choices":[{"index":0,"delta":{"content":"x`, `"}}]}\n\ndata: [DONE]\n\n`],
  responses: [
    `event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"x`,
    `"}\n\nevent: response.completed\ndata: {"type":"response.completed","response":{}}\n\n`,
  ],
  anthropic: [
    `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":` +
    `{"type":"text_delta","text":"x`,
    `"}}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n`,
  ],
  gemini: [
    `data: {"candidates":[{"content":{"parts":[{"text":"x`,
    `"}]},"finishReason":"STOP"}]}\r\n\r\n`,
  ],
} as const;

const LARGEST_CODED_BYTES = 300_000;

function encoded(random: Random, body: Buffer): { lines: readonly string[]; body: Buffer } {
  if (body.length > LARGEST_CODED_BYTES || random.chance(0.8)) return { lines: [], body };
  const coding = random.pick(["gzip", "br", "deflate", "zstd"] as const);
  const quality = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } };
  const encoders = {
    gzip: () => zlib.gzipSync(body, { level: 1 }),
    deflate: () => zlib.deflateSync(body, { level: 1 }),
    br: () => zlib.brotliCompressSync(body, quality),
    zstd: () => zlib.zstdCompressSync(body),
  };
  return { lines: [`content-encoding: ${coding}`], body: encoders[coding]() };
}
