/** Each vendor's SDK with a key of the proxy's, in front of a backend whose key is injected. */
import assert from "node:assert/strict";
import { AzureOpenAI } from "openai";
import type { SeenRequest } from "../peer.ts";
import { startPeer } from "../peer.ts";
import { startProxy } from "../proxy.ts";
import { MESSAGE } from "./anthropic_replies.ts";
import { anthropicAt, googleAt, openaiAt } from "./clients.ts";
import { CONTENT } from "./google_replies.ts";
import { COMPLETION } from "./openai_replies.ts";
import { headersOf, json } from "./providers.ts";

const PROXY_KEY = "proxy-key-0123456789";
const BACKEND_KEY = "backend-key-0123456789";
const CALL = { model: "assistant", messages: [{ role: "user" as const, content: "Hello" }] };

interface Sdk {
  readonly answer: unknown;
  readonly call: (url: string, apiKey: string) => PromiseLike<unknown>;
  /** Where the backend's key is to stand. */
  readonly credential: Readonly<Record<string, string>>;
}

const SDKS: Readonly<Record<string, Sdk>> = {
  openai: {
    answer: COMPLETION,
    call: (url, apiKey) => openaiAt(url, { apiKey }).chat.completions.create(CALL),
    credential: { authorization: `Bearer ${BACKEND_KEY}` },
  },
  anthropic: {
    answer: MESSAGE,
    call: (url, apiKey) =>
      anthropicAt(url, { apiKey }).messages.create({ ...CALL, max_tokens: 64 }),
    // Its client sends a bearer token, and what it stood in takes the backend's.
    credential: { authorization: `Bearer ${BACKEND_KEY}` },
  },
  google: {
    answer: CONTENT,
    call: (url, apiKey) =>
      googleAt(url, { apiKey }).models.generateContent({ model: "assistant", contents: "Hello" }),
    credential: { "x-goog-api-key": BACKEND_KEY },
  },
  azure: {
    answer: COMPLETION,
    call: (url, apiKey) => {
      const options = { endpoint: url, apiKey, apiVersion: "2024-10-21", maxRetries: 0 };
      return new AzureOpenAI(options).chat.completions.create(CALL);
    },
    credential: { "api-key": BACKEND_KEY },
  },
};

function configOf(url: string): string {
  return `
clients: [{ name: laptop, key: ${PROXY_KEY} }]
backends: [{ name: main, url: "${url}", auth: inject, api_key: ${BACKEND_KEY} }]
models: { assistant: [{ backend: main, model: model-a }] }
`;
}

for (const [name, { answer, call, credential }] of Object.entries(SDKS)) {
  Deno.test(`${name}: the backend's key stands where the proxy's stood, and nowhere else`, async () => {
    await using backend = await startPeer(json(answer));
    await using proxy = await startProxy(configOf(backend.url));
    await call(proxy.url, PROXY_KEY);
    const [request] = backend.requests;
    assert.ok(request !== undefined);
    assert.deepEqual(credentialsOf(request), credential);
    assert.ok(!request.head.includes(PROXY_KEY));
  });

  Deno.test(`${name}: a key that is not the proxy's is refused in the SDK's own terms`, async () => {
    await using backend = await startPeer(json(answer));
    await using proxy = await startProxy(configOf(backend.url));
    await assert.rejects(Promise.resolve(call(proxy.url, "another-key")), { status: 401 });
    assert.equal(backend.connections, 0);
  });
}

function credentialsOf(request: SeenRequest): Record<string, string> {
  const credential = /^(?:authorization|x-api-key|x-goog-api-key|api-key)$/;
  return Object.fromEntries(
    Object.entries(headersOf(request)).filter(([name]) => credential.test(name)),
  );
}
