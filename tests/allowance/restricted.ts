/** A proxy with a key to inject, and a caller that may use the model `cheap` alone. */
import assert from "node:assert/strict";
import { callRaw, type RawReply, type RawRequest, textOf } from "../caller.ts";
import { type Peer, reply, startReplier } from "../peer.ts";
import { startProxy, type TestProxy, type TestProxyOptions } from "../proxy.ts";

export const JSON_TYPE = "Content-Type: application/json";
export const FORM_TYPE = "Content-Type: application/x-www-form-urlencoded";
export const BOUNDARY = "----form-7MA4YWxk";
export const MULTIPART_TYPE = `Content-Type: multipart/form-data; boundary=${BOUNDARY}`;

export interface Restricted extends AsyncDisposable {
  readonly proxy: TestProxy;
  readonly backend: Peer;
  /** As the caller that may use `cheap`, `cheaper` and `gpt-mini-*`. */
  call(request: RawRequest): Promise<RawReply>;
  /** As a caller that may do anything. */
  callFreely(request: RawRequest): Promise<RawReply>;
}

/** With `default_backend`, so that whatever is let through reaches somebody. */
export async function startRestricted(
  { ledger = true }: TestProxyOptions = {},
): Promise<Restricted> {
  const backend = await startReplier(reply(200, `{"from":"backend"}`));
  const proxy = await startProxy(
    `
backends:
  - { name: own, url: "${backend.url}", auth: inject, api_key: "sk-operator-0123456789abcdef" }
models:
  cheap: [{ backend: own, model: real-cheap }]
  cheaper: [{ backend: own, model: real-cheaper }]
  dear: [{ backend: own, model: real-dear }]
default_backend: own
clients:
  - { name: phone, key: "key-of-phone-123", models: ["cheap", "cheaper", "gpt-mini-*"] }
  - { name: laptop, key: "key-of-laptop-123", models: ["*"] }
`,
    { ledger },
  );
  const as = (key: string) => ({ lines = [], ...request }: RawRequest) => {
    return callRaw(proxy.url, { ...request, lines: [`Authorization: Bearer ${key}`, ...lines] });
  };
  return {
    proxy,
    backend,
    call: as("key-of-phone-123"),
    callFreely: as("key-of-laptop-123"),
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}

/** Asserts that a request is refused with 403 or 400 and goes nowhere. */
export async function assertRefused(
  line: Restricted,
  request: RawRequest,
  what: string,
): Promise<RawReply> {
  const before = line.backend.requests.length;
  const got = await line.call(request);
  assert.ok([400, 403].includes(got.status), `${what}: ${got.status} ${textOf(got)}`);
  assert.equal(line.backend.requests.length, before, what);
  assert.doesNotMatch(textOf(got), /key-of-|sk-operator/, what);
  return got;
}

/** Asserts that a request is refused with 403 and goes nowhere. */
export async function assertForbidden(
  line: Restricted,
  request: RawRequest,
  what: string,
): Promise<void> {
  const got = await assertRefused(line, request, what);
  assert.equal(got.status, 403, `${what}: ${textOf(got)}`);
}

/** Asserts that a request reaches the backend and is answered by it. */
export async function assertPasses(
  line: Restricted,
  request: RawRequest,
  what: string,
): Promise<void> {
  const before = line.backend.requests.length;
  const got = await line.call(request);
  assert.equal(got.status, 200, `${what}: ${textOf(got)}`);
  assert.equal(line.backend.requests.length, before + 1, what);
}

/** A field of a form: its head lines and its content. */
export interface FormPart {
  readonly head: string;
  readonly content: string;
}

/** A part with these parameters of its Content-Disposition. */
export function part(parameters: string, content: string, ...lines: readonly string[]): FormPart {
  const disposition = `Content-Disposition: form-data; ${parameters}`;
  return { head: [disposition, ...lines].join("\r\n"), content };
}

/** The body of a form with these parts. */
export function multipart(...parts: readonly FormPart[]): string {
  const written = parts.map(({ head, content }) =>
    `--${BOUNDARY}\r\n${head}\r\n\r\n${content}\r\n`
  );
  return `${written.join("")}--${BOUNDARY}--\r\n`;
}

/** A form that names the model `cheap`, and these parts more. */
export function formCall(...parts: readonly FormPart[]): RawRequest {
  return {
    target: "/v1/audio/transcriptions",
    lines: [MULTIPART_TYPE],
    body: multipart(part(`name="model"`, "cheap"), ...parts),
  };
}

/** A chat of the model `cheap`, and these members more, as they are written. */
export function chat(members = "", target = "/v1/chat/completions"): RawRequest {
  const body = `{"model":"cheap","messages":[]${members === "" ? "" : `,${members}`}}`;
  return { target, lines: [JSON_TYPE], body };
}
