import assert from "node:assert/strict";
import { incomingOf } from "../../lib/accept/deno_serve.ts";
import { nearestNames } from "../../lib/config/nearest.ts";
import { aliasNames, type Call, identify } from "../../lib/policy/identify.ts";
import { receive } from "../../lib/wire/receive.ts";
import { aliasOf, backendOf, routeOf, snapshotOf } from "../routing.ts";

const ROUTES = [routeOf(backendOf("a"))];
const SNAPSHOT = snapshotOf([
  aliasOf("gpt-fast", ROUTES),
  aliasOf("claude-opus", ROUTES),
  aliasOf("__proto__", ROUTES),
  aliasOf("retired", ROUTES, { enabled: false }),
]);

interface Sent {
  readonly body?: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function identified(sent: Sent, snapshot = SNAPSHOT) {
  const { body, path = "/v1/chat/completions", method = "POST", headers = {} } = sent;
  const request = new Request(`http://proxy${path}`, { method, body, headers });
  const received = await receive(incomingOf(request, "127.0.0.1:9"), { maxBodyBytes: 1_000_000 });
  assert.ok(received.kind === "received");
  return identify(received, { snapshot, nearest: nearestNames });
}

async function call(sent: Sent): Promise<Call> {
  const identity = await identified(sent);
  return identity.kind === "call" ? identity : assert.fail(identity.problem.message);
}

async function refusal(sent: Sent, snapshot = SNAPSHOT) {
  const identity = await identified(sent, snapshot);
  return identity.kind === "refusal" ? identity.problem : assert.fail("it was understood");
}

Deno.test("identify() finds the alias that the body's model names", async () => {
  const { alias } = await call({ body: `{"messages":[],"model":"claude-opus"}` });
  assert.equal(alias.name, "claude-opus");
});

Deno.test("identify() reads the model as JSON means it (F106)", async () => {
  const { alias } = await call({ body: String.raw`{"\u006dodel":"gpt\u002dfast"}` });
  assert.equal(alias.name, "gpt-fast");
});

Deno.test("identify() lets the last of several models decide, and rewrites all (F105)", async () => {
  const { alias, modelSpans } = await call({ body: `{"model":"retired","model":"gpt-fast"}` });
  assert.equal(alias.name, "gpt-fast");
  assert.equal(modelSpans.length, 2);
});

Deno.test("identify() knows an alias of any name (F120)", async () => {
  assert.equal((await call({ body: `{"model":"__proto__"}` })).alias.name, "__proto__");
});

Deno.test("identify() inherits no alias (F120)", async () => {
  for (const name of ["toString", "constructor", "hasOwnProperty"]) {
    assert.equal((await refusal({ body: `{"model":"${name}"}` })).code, "unknown_model");
  }
});

Deno.test("identify() tells the dialect by path and headers", async () => {
  const body = `{"model":"gpt-fast"}`;
  const headers = { "anthropic-version": "2023-06-01" };
  assert.equal((await call({ body })).dialect.name, "openai");
  assert.equal((await call({ body, path: "/v1/messages?beta=true" })).dialect.name, "anthropic");
  assert.equal((await call({ body, path: "/v1/complete", headers })).dialect.name, "anthropic");
});

Deno.test("identify() tells whether the answer is to be streamed", async () => {
  for (const [value, streamed] of [["true", true], ["false", false], ['"true"', false]] as const) {
    const body = `{"model":"gpt-fast","stream": ${value}}`;
    assert.equal((await call({ body })).streamed, streamed, value);
  }
  assert.equal((await call({ body: `{"model":"gpt-fast"}` })).streamed, false);
});

Deno.test("identify() tells calls that only count tokens", async () => {
  const body = `{"model":"gpt-fast"}`;
  assert.equal((await call({ body, path: "/v1/messages/count_tokens" })).countsTokens, true);
  assert.equal((await call({ body, path: "/v1/messages" })).countsTokens, false);
});

Deno.test("identify() refuses an unknown model, naming the nearest aliases", async () => {
  const problem = await refusal({ body: `{"model":"claude-opsu"}` });
  assert.equal(problem.status, 400);
  assert.equal(problem.code, "unknown_model");
  assert.equal(
    problem.message,
    'Unknown model "claude-opsu". Nearest aliases: "claude-opus", "gpt-fast", "__proto__".',
  );
});

Deno.test("identify() says that there is no alias at all", async () => {
  const problem = await refusal({ body: `{"model":"m"}` }, snapshotOf([]));
  assert.equal(problem.message, 'Unknown model "m". No alias is configured.');
});

Deno.test("identify() refuses a disabled alias", async () => {
  const problem = await refusal({ body: `{"model":"retired"}` });
  assert.equal(problem.code, "model_disabled");
  assert.match(problem.message, /"retired" is turned off/);
});

Deno.test("identify() matches whole names in their case (F106)", async () => {
  for (const name of ["GPT-FAST", "gpt-fast ", "gpt-fas"]) {
    assert.equal((await refusal({ body: JSON.stringify({ model: name }) })).code, "unknown_model");
  }
});

Deno.test("identify() refuses a model that is no name (F108)", async () => {
  for (const model of ["null", "7", "true", "{}", '["gpt-fast"]', '""']) {
    const problem = await refusal({ body: `{"model":${model}}` });
    assert.deepEqual([problem.status, problem.code], [400, "invalid_model"], model);
  }
});

Deno.test("identify() quotes only the start of an enormous name (F108)", async () => {
  const problem = await refusal({ body: JSON.stringify({ model: "m".repeat(900_000) }) });
  assert.ok(problem.message.length < 300, String(problem.message.length));
});

Deno.test("identify() refuses what names no model, listing the aliases", async () => {
  for (const sent of [{ method: "GET", path: "/v1/files" }, { body: "{}" }, { body: "[1]" }]) {
    const problem = await refusal(sent);
    assert.deepEqual([problem.status, problem.code], [400, "model_missing"]);
    assert.match(problem.message, /"gpt-fast", "claude-opus", "__proto__"\.$/);
  }
});

Deno.test("identify() lists twenty aliases at most", async () => {
  const many = Array.from({ length: 23 }, (_, index) => aliasOf(`alias-${index}`, ROUTES));
  const problem = await refusal({ body: "{}" }, snapshotOf(many));
  assert.match(problem.message, /"alias-19" and 3 more\.$/);
});

Deno.test("identify() says at which byte a body stops being JSON (F115)", async () => {
  const body = `{"model":"gpt-fast"`;
  const problem = await refusal({ body, headers: { "content-type": "application/json" } });
  assert.equal(problem.code, "invalid_json");
  assert.match(problem.message, new RegExp(`at byte ${body.length} of ${body.length}`));
});

Deno.test("identify() takes other content for what it says it is (F103)", async () => {
  const headers = { "content-type": "multipart/form-data; boundary=b" };
  assert.equal((await refusal({ body: "--b\r\n", headers })).code, "model_missing");
});

Deno.test("identify() refuses a compressed body, rather than calling it invalid (F101)", async () => {
  for (const coding of ["gzip", "br", "zstd"]) {
    const problem = await refusal({ body: "?", headers: { "content-encoding": coding } });
    assert.deepEqual([problem.status, problem.code], [415, "unsupported_content_encoding"]);
  }
});

Deno.test("identify() takes identity for no coding", async () => {
  const headers = { "content-encoding": "identity" };
  assert.equal((await call({ body: `{"model":"gpt-fast"}`, headers })).alias.name, "gpt-fast");
});

Deno.test("aliasNames() gives those that callers may use", () => {
  assert.deepEqual(aliasNames(SNAPSHOT), ["gpt-fast", "claude-opus", "__proto__"]);
});
