/** The requests of the load: chat completions as SDKs send them, of a given size. */
import { concat } from "../bytes.ts";
import { ALIAS, type Script } from "../upstream/scripts.ts";

export interface RequestOptions {
  readonly script: Script;
  /** Of the body. */
  readonly bytes: number;
  readonly port: number;
  /** Header lines that the contestant wants besides. */
  readonly headers: readonly string[];
  /** Default {@link ALIAS}. */
  readonly model?: string;
}

const SENTENCE = 'The quick brown fox says \\"hello\\" to the lazy dog, and writes it down.\\n';

/** Head and body, ready to be written. */
export function makeRequest(options: RequestOptions): Uint8Array<ArrayBuffer> {
  const { script, port, headers } = options;
  const encoder = new TextEncoder();
  const body = encoder.encode(bodyOf(options));
  const path = script === "anthropic" ? "/v1/messages" : "/v1/chat/completions";
  const lines = [
    `POST ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "Accept: application/json",
    "Content-Type: application/json",
    "User-Agent: OpenAI/JS 5.0.0",
    `Authorization: Bearer sk-${script}-0123456789abcdef0123456789abcdef`,
    ...script === "anthropic" ? ["anthropic-version: 2023-06-01"] : [],
    ...headers,
    `Content-Length: ${body.length}`,
  ];
  return concat([encoder.encode(`${lines.join("\r\n")}\r\n\r\n`), body]);
}

/** The model first, as SDKs write it; then the settings and messages enough for the size. */
function bodyOf({ script, bytes, model = ALIAS }: RequestOptions): string {
  const stream = script === "json" ? "" : `"stream":true,"stream_options":{"include_usage":true},`;
  const start = `{"model":"${model}","max_tokens":1024,"temperature":0.7,${stream}"messages":[` +
    `{"role":"user","content":"`;
  const end = `"}]}`;
  const missing = bytes - start.length - end.length;
  const whole = SENTENCE.repeat(Math.max(0, Math.floor(missing / SENTENCE.length)));
  return `${start}${whole}${"x".repeat(Math.max(0, missing - whole.length))}${end}`;
}
