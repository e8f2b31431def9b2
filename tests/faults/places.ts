/** Requests that name their model anywhere, and what a backend makes of them, byte for byte. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { callRaw, lineValue, type RawReply, textOf } from "../caller.ts";
import { type Peer, reply, type SeenRequest, startReplier } from "../peer.ts";
import { startProxy, type TestProxy } from "../proxy.ts";

export interface PlacesLine extends AsyncDisposable {
  readonly backend: Peer;
  readonly proxy: TestProxy;
  send(request: Sent): Promise<RawReply>;
  /** Sends a request that must be answered by the backend; gives what that saw. */
  seen(request: Sent): Promise<SeenRequest>;
  /** Sends a request that must be refused; gives the status, the code and the message. */
  refused(request: Sent): Promise<readonly [status: number, code: string, message: string]>;
}

export interface Sent {
  readonly method?: string;
  readonly target?: string;
  readonly contentType?: string;
  readonly lines?: readonly string[];
  /** Text is one character a byte. */
  readonly body?: string | Uint8Array;
}

export const MODEL = "backend-model";

/** A proxy of the aliases `chat` and `other`, which the backend knows by the names given. */
export async function startPlaces(
  { model = MODEL, rest = "" }: { readonly model?: string; readonly rest?: string } = {},
): Promise<PlacesLine> {
  const backend = await startReplier(reply(200, `{"choices":[{"message":{"content":"a"}}]}`));
  const route = (name: string) => `[{ backend: backend, model: ${JSON.stringify(name)} }]`;
  const proxy = await startProxy(`
backends: [{ name: backend, url: "${backend.url}" }]
models: { chat: ${route(model)}, "org/chat": ${route(model)}, other: ${route("other-model")} }
${rest}
`);
  async function send({ contentType, lines = [], body = "", ...request }: Sent) {
    const type = contentType === undefined ? [] : [`Content-Type: ${contentType}`];
    const bytes = typeof body === "string" ? Buffer.from(body, "latin1") : body;
    return await callRaw(proxy.url, { ...request, lines: [...type, ...lines], body: bytes });
  }
  return {
    backend,
    proxy,
    send,
    async seen(request) {
      const before = backend.requests.length;
      const got = await send(request);
      assert.equal(got.status, 200, textOf(got));
      assert.equal(backend.requests.length, before + 1);
      return backend.requests[before]!;
    },
    async refused(request) {
      const before = backend.requests.length;
      const got = await send(request);
      assert.equal(backend.requests.length, before);
      assert.equal(lineValue(got, "content-type"), "application/json");
      const { error } = JSON.parse(textOf(got));
      return [got.status, error.code, error.message];
    },
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}

/** A body as text of one character a byte: comparing arrays byte by byte takes seconds. */
export function latin1(body: Uint8Array): string {
  return Buffer.from(body).toString("latin1");
}

/** A form with a model at each `@`, and bytes of every kind beside it. */
export const FORM_BOUNDARY = "X-form 9'()+_,-./:=?";
export const FORM_TYPE = `multipart/form-data; charset=utf-8; boundary="${FORM_BOUNDARY}"`;
export const FORM = [
  "a preamble\r\n",
  `--${FORM_BOUNDARY}\r\n`,
  `Content-Disposition: form-data; name="file"; filename="b\\"\xe9.wav"\r\n`,
  "Content-Type: audio/wav\r\n\r\n",
  "RIFF\0\xff\r\n\r\n--X-form\r\n\n\r\r\n",
  `--${FORM_BOUNDARY} \t\r\n`,
  `content-disposition:form-data ; NAME=model\r\n\r\n@\r\n`,
  `--${FORM_BOUNDARY}\r\n`,
  `Content-Disposition: form-data; name="prompt"\r\n\r\nname="model"\r\n\r\nchat\r\n`,
  `--${FORM_BOUNDARY}\r\n`,
  `Content-Disposition: form-data; name="empty"\r\n\r\n\r\n`,
  `--${FORM_BOUNDARY}--\r\n`,
  "and an epilogue",
].join("");
