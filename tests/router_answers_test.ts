import assert from "node:assert/strict";
import { callRaw, lineValue, textOf } from "./caller.ts";
import { chain, SEED_DETECTION, watchAttempts } from "./chain.ts";
import { reply, startReplier } from "./peer.ts";
import { startProxy } from "./proxy.ts";

const DIALECT_TARGETS = {
  OpenAI: "/v1/chat/completions",
  Anthropic: "/v1/messages",
  Gemini: "/v1beta/models/caht:generateContent",
};

/** The message of an error in each vendor's shape, and what must stand beside it. */
function errorMessage(vendor: string, body: string): unknown {
  const parsed = JSON.parse(body);
  if (vendor === "Anthropic") {
    assert.equal(parsed.type, "error");
    assert.equal(parsed.error.type, "invalid_request_error");
  }
  if (vendor === "OpenAI") assert.equal(parsed.error.code, "unknown_model");
  if (vendor === "Gemini") assert.equal(parsed.error.status, "INVALID_ARGUMENT");
  return parsed.error.message;
}

for (const [vendor, target] of Object.entries(DIALECT_TARGETS)) {
  Deno.test(`route() tells a caller of ${vendor} the nearest alias`, async () => {
    await using backend = await startReplier(reply(200, `{"ok":1}`));
    await using proxy = await startProxy(chain({ backend }));
    const got = await callRaw(proxy.url, { target, body: `{"model":"caht"}` });
    assert.equal(got.status, 400);
    assert.equal(lineValue(got, "content-type"), "application/json");
    const message = errorMessage(vendor, textOf(got));
    assert.equal(message, `Unknown model "caht". Nearest aliases: "chat".`);
    assert.equal(backend.requests.length, 0);
  });
}

Deno.test("route() leaves the caller's own mistake to the caller and benches nobody", async () => {
  const mistake = `{"error":{"type":"invalid_request_error","message":"insufficient_quota?"}}`;
  await using primary = await startReplier(reply(400, mistake));
  await using secondary = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ primary, secondary }, SEED_DETECTION));
  const attempts = watchAttempts(proxy);
  for (let i = 0; i < 2; i++) {
    const got = await callRaw(proxy.url, { body: `{"model":"chat"}` });
    assert.equal(got.status, 400);
    assert.equal(textOf(got), mistake);
    assert.deepEqual(attempts.take(), ["primary"]);
  }
});

for (const status of [301, 302, 303, 307, 308]) {
  Deno.test(`route() gives a ${status} to the caller and does not follow it`, async () => {
    await using elsewhere = await startReplier(reply(200, `{"ok":1}`));
    const location = `${elsewhere.url}/v1/chat/completions`;
    await using primary = await startReplier(reply(status, "moved", { location }));
    await using proxy = await startProxy(chain({ primary, elsewhere }));
    const got = await callRaw(proxy.url, { body: `{"model":"chat"}` });
    assert.equal(got.status, status);
    assert.equal(lineValue(got, "location"), location);
    assert.equal(textOf(got), "moved");
    assert.equal(elsewhere.connections, 0);
  });
}

for (const status of [400, 404, 429, 500]) {
  Deno.test(`route() cools nothing when count_tokens is answered ${status}`, async () => {
    const call = { target: "/v1/messages/count_tokens", body: `{"model":"chat"}` };
    await using primary = await startReplier(reply(status, `{"from":"primary"}`));
    await using secondary = await startReplier(reply(200, `{"input_tokens":3}`));
    await using proxy = await startProxy(chain({ primary, secondary }));
    const attempts = watchAttempts(proxy);
    assert.equal(textOf(await callRaw(proxy.url, call)), `{"input_tokens":3}`);
    assert.equal(textOf(await callRaw(proxy.url, call)), `{"input_tokens":3}`);
    assert.deepEqual(attempts.take(), ["primary", "secondary", "primary", "secondary"]);
  });
}

Deno.test("route() gives the answer to count_tokens as it came when no backend has it", async () => {
  const missing = reply(404, `{"error":"no such endpoint"}`);
  await using primary = await startReplier(missing);
  await using proxy = await startProxy(chain({ primary }));
  const call = { target: "/v1/messages/count_tokens", body: `{"model":"chat"}` };
  for (let i = 0; i < 2; i++) {
    const got = await callRaw(proxy.url, call);
    assert.deepEqual([got.status, textOf(got)], [404, `{"error":"no such endpoint"}`]);
  }
  assert.equal(primary.requests.length, 2);
});
