import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { callRaw, connectTo, lineValue, type RawReply, requestBytes, textOf } from "./caller.ts";
import { chain } from "./chain.ts";
import { chunk, reply, startReplier } from "./peer.ts";
import { startProxy, type TestProxy } from "./proxy.ts";

/** A proxy of two aliases whose backend must not be asked. */
function startIdle(rest = ""): Promise<TestProxy> {
  return startProxy(`
backends: [{ name: unused, url: "http://127.0.0.1:9" }]
models:
  claude-opus: [{ backend: unused, model: m }]
  "org/model é": [{ backend: unused, model: m }]
  hidden: { enabled: false, routes: [{ backend: unused, model: m }] }
${rest}`);
}

async function sendHead(url: string, head: readonly string[], method?: string): Promise<RawReply> {
  await using caller = await connectTo(url);
  await caller.send(`${head.join("\r\n")}\r\n\r\n`);
  return await caller.reply(method);
}

function get(url: string, target: string, lines: readonly string[] = []): Promise<RawReply> {
  return callRaw(url, { method: "GET", target, lines });
}

for (const target of ["/health", "/healthz", "/health?verbose"]) {
  Deno.test(`startServer() answers GET ${target} with ok`, async () => {
    await using proxy = await startIdle();
    const got = await get(proxy.url, target);
    assert.deepEqual([got.status, textOf(got)], [200, "ok"]);
  });
}

for (const target of ["/v1/models", "/models", "/v1/models?limit=1000"]) {
  Deno.test(`startServer() lists the enabled aliases at ${target}`, async () => {
    await using proxy = await startIdle();
    const got = await get(proxy.url, target);
    assert.equal(got.status, 200);
    const { object, data } = JSON.parse(textOf(got));
    assert.equal(object, "list");
    assert.deepEqual(data.map(({ id }: { id: string }) => id), ["claude-opus", "org/model é"]);
  });
}

Deno.test("startServer() lists models in Anthropic's shape for anthropic-version", async () => {
  await using proxy = await startIdle();
  const got = await get(proxy.url, "/v1/models?limit=1000", ["anthropic-version: 2023-06-01"]);
  const list = JSON.parse(textOf(got));
  assert.deepEqual([list.has_more, list.first_id, list.last_id], [
    false,
    "claude-opus",
    "org/model é",
  ]);
  assert.equal(list.data[0].type, "model");
});

Deno.test("startServer() lists models in Gemini's shape at /v1beta/models", async () => {
  await using proxy = await startIdle();
  const { models } = JSON.parse(textOf(await get(proxy.url, "/v1beta/models")));
  assert.equal(models[0].name, "models/claude-opus");
});

for (const target of ["/v1/models/org%2Fmodel%20%C3%A9", "/models/org%2Fmodel%20%C3%A9"]) {
  Deno.test(`startServer() answers ${target} with that model`, async () => {
    await using proxy = await startIdle();
    const got = await get(proxy.url, target);
    assert.deepEqual([got.status, JSON.parse(textOf(got)).id], [200, "org/model é"]);
  });
}

for (const target of ["/v1/models/none", "/v1/models/hidden", "/v1/models/%"]) {
  Deno.test(`startServer() answers ${target} with 404`, async () => {
    await using proxy = await startIdle();
    const got = await get(proxy.url, target);
    assert.equal(got.status, 404);
    assert.equal(JSON.parse(textOf(got)).error.code, "model_not_found");
  });
}

for (const target of ["/", "/api/hello"]) {
  Deno.test(`startServer() answers HEAD ${target} with 200`, async () => {
    await using proxy = await startIdle();
    const got = await callRaw(proxy.url, { method: "HEAD", target });
    assert.deepEqual([got.status, got.body.length], [200, 0]);
  });
}

for (const [method, target] of [["POST", "/health"], ["POST", "/v1/models"]] as const) {
  Deno.test(`startServer() does not reserve ${method} ${target}`, async () => {
    await using backend = await startReplier(reply(200, `{"from":"backend"}`));
    await using proxy = await startProxy(chain({ backend }));
    const got = await callRaw(proxy.url, { method, target, body: `{"model":"chat"}` });
    assert.equal(textOf(got), `{"from":"backend"}`);
  });
}

const LIMIT_BYTES = 0.5 * 1024 * 1024;
const LIMITS = "limits: { max_body_mb: 0.5 }";

/** A call of exactly that many bytes. */
function callOf(bytes: number): string {
  const empty = `{"model":"chat","pad":""}`;
  return empty.replace(`""`, `"${"x".repeat(bytes - empty.length)}"`);
}

Deno.test("startServer() takes a body of exactly max_body_mb", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ backend }, LIMITS));
  assert.equal((await callRaw(proxy.url, { body: callOf(LIMIT_BYTES) })).status, 200);
});

Deno.test("startServer() answers a body announced as over max_body_mb with 413 at once", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ backend }, LIMITS));
  const length = `Content-Length: ${LIMIT_BYTES + 1}`;
  const got = await sendHead(proxy.url, ["POST /v1/messages HTTP/1.1", "Host: a", length]);
  assert.equal(got.status, 413);
  const { error } = JSON.parse(textOf(got));
  assert.equal(error.type, "request_too_large");
  assert.match(error.message, /larger than 0\.5 MB, the proxy's limits\.max_body_mb/);
  assert.equal(backend.connections, 0);
});

Deno.test("startServer() answers a chunked body that grows over max_body_mb with 413", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ backend }, LIMITS));
  await using caller = await connectTo(proxy.url);
  await caller.send("POST /v1/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  await caller.send(Buffer.from(chunk(callOf(LIMIT_BYTES + 1))));
  const got = await caller.reply();
  assert.equal(got.status, 413);
  assert.equal(lineValue(got, "content-type"), "application/json");
  assert.equal(backend.connections, 0);
});

const NO_CALLS: Readonly<Record<string, string>> = {
  model_missing: `{"messages":[]}`,
  invalid_json: `{"model":"chat"`,
  invalid_model: `{"model":7}`,
  model_disabled: `{"model":"hidden"}`,
};

for (const [code, body] of Object.entries(NO_CALLS)) {
  Deno.test(`startServer() answers ${body} with 400 ${code}`, async () => {
    await using proxy = await startIdle();
    const got = await callRaw(proxy.url, { body });
    assert.equal(got.status, 400);
    assert.equal(JSON.parse(textOf(got)).error.code, code);
  });
}

Deno.test("startServer() answers a request without a body and a model with 400", async () => {
  await using proxy = await startIdle();
  const got = await get(proxy.url, "/v1/files");
  assert.equal(got.status, 400);
  assert.match(JSON.parse(textOf(got)).error.message, /GET \/v1\/files names no model/);
});

for (
  const [dialect, target, type] of [
    ["OpenAI", "/v1/chat/completions", (error: { type: string }) => error.type],
    ["Anthropic", "/v1/messages", (error: { type: string }) => error.type],
  ] as const
) {
  Deno.test(`cases 13: a throw at the door is a 500 in ${dialect}'s words, recorded, and the connection lives`, async () => {
    await using proxy = await startIdle();
    const key = "sk-caller-0123456789abcdef";
    const { refusal } = proxy.state.load;
    proxy.state.load.refusal = () => {
      throw new Error(`the door broke at ${key}`);
    };
    await using caller = await connectTo(proxy.url);
    const lines = [`Authorization: Bearer ${key}`];
    const body = `{"model":"nobody"}`;
    await caller.send(requestBytes({ target, lines, body }));
    const got = await caller.reply();
    assert.equal(got.status, 500);
    const { error } = JSON.parse(textOf(got));
    assert.match(error.message, /^The proxy failed inside .* its log names it [\da-f]{8}\.$/);
    assert.equal(type(error), "api_error");
    const [record = ""] = await proxy.logs();
    assert.match(record, /internal_error/);
    await proxy.state.log.flush();
    const told = proxy.lines.join("\n");
    assert.match(
      told,
      /ERROR Request [\da-f]{8} met a fault inside the proxy: Error: the door broke/,
    );
    assert.match(told, /at .*server\.ts/);
    assert.ok(!told.includes(key) && !record.includes(key));
    proxy.state.load.refusal = refusal;
    await caller.send(requestBytes({ method: "GET", target: "/health" }));
    assert.equal((await caller.reply("GET")).status, 200);
  });
}
