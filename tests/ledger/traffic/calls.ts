/** Requests of every dialect, of every size, with the model wherever it may stand. */
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import type { Filling } from "./filling.ts";
import { requestLines } from "./fields.ts";
import { inChunks, withLength } from "./framing.ts";
import type { Random } from "./random.ts";

/** What a backend is to answer with, told to it in the request's target, which it gets as it is. */
export type AnswerKind = "chat" | "responses" | "anthropic" | "gemini" | "json" | "binary";

export interface Form {
  readonly method: string;
  readonly target: string;
  readonly answer: AnswerKind;
  readonly credential: string;
  /** json: with a top-level model · nameless: JSON without one · form, upload: multipart, with and without. */
  readonly body: "json" | "nameless" | "form" | "upload" | "none";
}

const BEARER = "Authorization: Bearer sk-ledger-caller-0123456789";
const ANTHROPIC = "x-api-key: sk-ant-ledger-0123456789";
const GOOGLE = "x-goog-api-key: AIzaLedgerLedgerLedgerLedger";
const AZURE = "api-key: ledgerledgerledgerledgerledger";

/** One line a form of call; further ones are welcome. */
export const FORMS: readonly [Form, ...Form[]] = [
  form("POST /v1/chat/completions?answer=chat", BEARER, "json"),
  form("POST /chat/completions?answer=chat&x=%20b", BEARER, "json"),
  form("POST /v1/responses?answer=responses", BEARER, "json"),
  form("POST /v1/embeddings?answer=json", BEARER, "json"),
  form("POST /v1/audio/speech?answer=binary", BEARER, "json"),
  form("POST /v1/messages?beta=true&answer=anthropic", ANTHROPIC, "json"),
  form("POST /v1/messages/count_tokens?answer=json", ANTHROPIC, "json"),
  form("POST /v1beta/models/chat:streamGenerateContent?alt=sse&answer=gemini", GOOGLE, "nameless"),
  form("POST /v1beta/models/c%68at:generateContent?answer=json&key=AIza0123456789", "", "nameless"),
  form("POST /openai/v1/chat/completions?api-version=preview&answer=chat", AZURE, "json"),
  form(
    "POST /openai/deployments/chat/chat/completions?api-version=1&answer=chat",
    AZURE,
    "nameless",
  ),
  form("POST /v1/audio/transcriptions?answer=json", BEARER, "form"),
  form("POST /v1/rerank?model=keyed&answer=json", BEARER, "nameless"),
  form("POST /v1/files?answer=json", BEARER, "upload"),
  form("GET /v1/files/file-x/content?answer=binary", BEARER, "none"),
  form("HEAD /v1/files/file-x?answer=json", BEARER, "none"),
];

function form(line: string, credential: string, body: Form["body"]): Form {
  const [method = "", target = ""] = line.split(" ");
  const [, answer = "json"] = /answer=(\w+)/.exec(target) ?? [];
  const kinds = ["chat", "responses", "anthropic", "gemini", "json", "binary"] as const;
  const kind = kinds.find((kind) => kind === answer) ?? "json";
  return { method, target, answer: kind, credential, body };
}

export interface CallOptions {
  readonly filling: Filling;
  /** Of the body, about. */
  readonly bytes: number;
  /** For the backend: what to answer. */
  readonly lines: readonly string[];
}

/** The whole request as it goes over the wire. */
export function callBytes(random: Random, form: Form, options: CallOptions): Buffer {
  const { type, body, lines: coded } = bodyOf(random, form, options);
  const framed = body.length === 0
    ? { lines: [], bytes: body }
    : random.chance(0.3)
    ? inChunks(random, body)
    : withLength(body);
  const head = [
    `${form.method} ${form.target} HTTP/1.1`,
    "Host: 127.0.0.1",
    ...requestLines(random),
    ...(form.credential === "" ? [] : [form.credential]),
    ...(type === "" ? [] : [`Content-Type: ${type}`]),
    ...coded,
    ...options.lines,
    ...framed.lines,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), framed.bytes]);
}

interface Body {
  readonly type: string;
  readonly body: Buffer;
  readonly lines: readonly string[];
}

function bodyOf(random: Random, { body, answer }: Form, { filling, bytes }: CallOptions): Body {
  if (body === "none") return { type: "", body: Buffer.alloc(0), lines: [] };
  if (body === "form" || body === "upload") {
    const field = body === "form" ? ["model", "chat"] as const : ["purpose", "batch"] as const;
    return { ...formBody(filling.binary(random, bytes), field), lines: [] };
  }
  const streamed = ["chat", "responses", "anthropic", "gemini"].includes(answer);
  const text = filling.text(random, bytes);
  const plain = jsonBody(random, { text, named: body === "json", streamed });
  const isCoded = plain.length < 200_000 && random.chance(0.03);
  return {
    type: "application/json",
    body: isCoded ? zlib.gzipSync(plain, { level: 1 }) : plain,
    lines: isCoded ? ["Content-Encoding: gzip"] : [],
  };
}

interface Content {
  readonly text: Buffer;
  readonly named: boolean;
  readonly streamed: boolean;
}

/** Spellings of the alias. */
const ALIASES = ['"chat"', '"chat"', '"keyed"', String.raw`"\u0063hat"`] as const;
const SPACES = ["", "", " ", "\n  ", "\r\n\t"] as const;

function jsonBody(random: Random, { text, named, streamed }: Content): Buffer {
  const space = random.pick(SPACES);
  const key = random.chance(0.1) ? String.raw`"m\u006fdel"` : '"model"';
  const model = named ? [`${key}:${space}${random.pick(ALIASES)}`] : [];
  const others = [
    `"messages":[{"role":"user","content":"@"}]`,
    `"stream":${streamed}`,
    `"odd":[12345678901234567890,1e400,-0,1.0,{"model":"chat"}]`,
  ];
  const members = random.chance(0.5) ? [...model, ...others] : [...others, ...model];
  const [before = "", after = ""] = `{${space}${members.join(`,${space}`)}${space}}`.split("@");
  return Buffer.concat([Buffer.from(before), text, Buffer.from(after)]);
}

const BOUNDARY = "----ledger7MA4YWxkTrZu0gW";

function formBody(
  file: Buffer,
  [name, value]: readonly [name: string, value: string],
): Pick<Body, "type" | "body"> {
  const disposition = `Content-Disposition: form-data; name=`;
  const before = [
    `--${BOUNDARY}`,
    `${disposition}"${name}"`,
    "",
    value,
    `--${BOUNDARY}`,
    `${disposition}"file"; filename="a.bin"`,
    "Content-Type: application/octet-stream",
    "",
    "",
  ].join("\r\n");
  const after = `\r\n--${BOUNDARY}--\r\n`;
  const body = Buffer.concat([Buffer.from(before), file, Buffer.from(after)]);
  return { type: `multipart/form-data; boundary=${BOUNDARY}`, body };
}
