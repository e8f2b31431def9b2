/** Paths as clients write them, and base URLs as operators do: section 12 of what people met. */
import assert from "node:assert/strict";
import { callRaw, lineValue, textOf } from "./caller.ts";
import { CHAT, GOOD, isAnswer } from "./faults/answers.ts";
import { startReplier } from "./peer.ts";
import { startProxy } from "./proxy.ts";

function configOf(url: string): string {
  return `backends: [{ name: only, url: "${url}" }]\nmodels: { chat: [{ backend: only, model: m }] }`;
}

const BASES: readonly (readonly [base: string, target: string, sent: string])[] = [
  ["/v1", "//v1/chat/completions", "/v1/chat/completions"],
  ["/v1", "/v1//chat/completions", "/v1/chat/completions"],
  ["/v1", "//chat/completions", "/v1/chat/completions"],
  ["", "//v1/messages", "/v1/messages"],
  ["/api/paas/v4", "/v1/chat/completions", "/api/paas/v4/chat/completions"],
  ["/api/v3", "/v1/chat/completions", "/api/v3/chat/completions"],
  ["/v1beta/openai", "/v1/chat/completions", "/v1beta/openai/chat/completions"],
  ["/v1/ACCOUNT/GATEWAY/anthropic", "/v1/messages", "/v1/ACCOUNT/GATEWAY/anthropic/v1/messages"],
];

for (const [base, target, sent] of BASES) {
  Deno.test(`cases 12: ${target} reaches ${base || "no base path"} as ${sent}`, async () => {
    await using backend = await startReplier(GOOD.bytes);
    await using proxy = await startProxy(configOf(`${backend.url}${base}`));
    isAnswer(await callRaw(proxy.url, { ...CHAT, target }), GOOD);
    assert.deepEqual(backend.requests.map(({ target }) => target), [sent]);
  });
}

for (const target of ["/v1/models/", "//v1/models", "/models/", "/v1//models", "/v1beta/models/"]) {
  Deno.test(`cases 12: ${target} lists the models`, async () => {
    await using proxy = await startProxy(configOf("http://127.0.0.1:1"));
    const got = await callRaw(proxy.url, { method: "GET", target });
    assert.equal(got.status, 200);
    assert.match(textOf(got), /chat/);
  });
}

Deno.test("an answer of ours that no repetition mends says so", async () => {
  const rest = `clients: [{ name: me, key: "a-key-of-this-proxy", models: ["chat"] }]`;
  await using proxy = await startProxy(`${configOf("http://127.0.0.1:1")}\n${rest}`);
  const key = "Authorization: Bearer a-key-of-this-proxy";
  const asked = [
    [401, CHAT],
    [403, { ...CHAT, lines: [...CHAT.lines ?? [], key], body: `{"model":"other"}` }],
    [400, { ...CHAT, lines: [...CHAT.lines ?? [], key], body: `{"model":7}` }],
  ] as const;
  for (const [status, request] of asked) {
    const got = await callRaw(proxy.url, request);
    assert.deepEqual([got.status, lineValue(got, "x-should-retry")], [status, "false"]);
  }
});

Deno.test("a 503 of ours says when to come again, also where nobody knows", async () => {
  const off = `backends: [{ name: only, url: "http://127.0.0.1:1", enabled: false }]\n` +
    `models: { chat: [{ backend: only, model: m }] }`;
  await using proxy = await startProxy(off);
  const got = await callRaw(proxy.url, CHAT);
  assert.deepEqual([got.status, lineValue(got, "retry-after")], [503, "30"]);
  assert.equal(lineValue(got, "x-should-retry"), undefined);
});
