import assert from "node:assert/strict";
import { connectTo, lineValue, requestBytes, textOf } from "../caller.ts";
import { chain, watchAttempts } from "../chain.ts";
import { reply, startReplier } from "../peer.ts";
import { startProxy } from "../proxy.ts";
import { refusedSocket, startSocketBackend } from "../websockets.ts";
import { upgradeBytes } from "./raw.ts";

for (const target of ["/v1/responses", "/v1/realtime", "/any/path?x=y", "/v1/realtime?model="]) {
  Deno.test(`an upgrade on ${target} is answered 426 before any backend is tried`, async () => {
    await using backend = await startSocketBackend();
    await using proxy = await startProxy(chain({ backend }, "default_backend: backend"));
    const attempts = watchAttempts(proxy);
    const startedMs = performance.now();
    const { status, headers, body } = await refusedSocket(proxy.url + target);
    const tookMs = performance.now() - startedMs;
    assert.equal(status, 426);
    assert.ok(tookMs < 500, `it took ${tookMs} ms`);
    assert.deepEqual(attempts.take(), []);
    assert.equal(backend.requests.length, 0);
    assert.deepEqual(
      headers.filter(([name]) => /^(?:upgrade|connection)$/.test(name)),
      [["upgrade", "HTTP/1.1"], ["connection", "upgrade, close"]],
    );
    assert.equal(JSON.parse(body).error.code, "websocket_without_model");
  });
}

Deno.test("an upgrade without a model is refused in the caller's dialect", async () => {
  await using backend = await startSocketBackend();
  await using proxy = await startProxy(chain({ backend }));
  const headers = { "anthropic-version": "2023-06-01" };
  const { status, body } = await refusedSocket(`${proxy.url}/v1/messages`, { headers });
  assert.deepEqual([status, JSON.parse(body).type], [426, "error"]);
});

Deno.test("a model in the query is known however its name is written", async () => {
  await using backend = await startSocketBackend();
  await using proxy = await startProxy(chain({ backend }));
  const { status } = await refusedSocket(`${proxy.url}/v1/realtime?model=nobody`);
  assert.equal(status, 400);
  await using caller = await connectTo(proxy.url);
  await caller.send(upgradeBytes("/v1/realtime?a=%20&model=c%68at&b=+"));
  await caller.until("101");
  assert.equal(backend.requests[0]?.url, "/v1/realtime?a=%20&model=backend-model&b=+");
});

Deno.test("Azure's realtime names its deployment in the query", async () => {
  await using backend = await startSocketBackend();
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await connectTo(proxy.url);
  const target = "/openai/realtime?api-version=2024-10-01-preview&deployment=chat";
  await caller.send(upgradeBytes(target));
  await caller.until("101");
  assert.equal(backend.requests[0]?.url, target.replace("chat", "backend-model"));
});

Deno.test("F094: what follows a refused upgrade is never read as a request", async () => {
  await using backend = await startReplier(reply(404, "{}"));
  await using proxy = await startProxy(chain({ backend }));
  for (const target of ["/v1/responses", "/v1/realtime?model=chat"]) {
    await using caller = await connectTo(proxy.url);
    const smuggled = requestBytes({ body: `{"model":"chat","smuggled":true}` });
    await caller.send(new Uint8Array([...upgradeBytes(target), ...smuggled]));
    const first = await caller.reply("GET");
    assert.ok([404, 426].includes(first.status));
    await caller.closed;
    await assert.rejects(caller.reply(), /without a reply/);
  }
  assert.deepEqual(backend.requests.map(({ method }) => method), ["GET"]);
});

Deno.test("F094: what a caller sends too early reaches the backend only after its 101", async () => {
  await using backend = await startSocketBackend();
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await connectTo(proxy.url);
  // A close frame of 1000, masked with zeros.
  const early = new Uint8Array([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]);
  await caller.send(new Uint8Array([...upgradeBytes("/v1/realtime?model=chat"), ...early]));
  await caller.until("101");
  const closed = new Promise<number>((resolve) => {
    backend.connection().then((connection) => connection.on("close", resolve));
  });
  assert.equal(await closed, 1000);
});

const ANSWER = `{"choices":[{"message":{"content":"a"}}]}`;

for (const [offer, method] of [["h2c", "GET"], ["h2c", "POST"], ["websocket", "POST"]] as const) {
  Deno.test(`F094: ${method} with Upgrade: ${offer} is a request like any other`, async () => {
    await using backend = await startReplier(reply(200, ANSWER));
    await using proxy = await startProxy(chain({ backend }, "default_backend: backend"));
    await using caller = await connectTo(proxy.url);
    const lines = [
      "Connection: Upgrade, HTTP2-Settings",
      `Upgrade: ${offer}`,
      "HTTP2-Settings: AA",
    ];
    const body = method === "POST" ? `{"model":"chat"}` : "";
    const request = requestBytes({ method, lines, body });
    for (const _ of [1, 2]) {
      await caller.send(request);
      const got = await caller.reply(method);
      assert.deepEqual([got.status, textOf(got)], [200, ANSWER]);
      assert.equal(lineValue(got, "upgrade"), undefined);
    }
    for (const { head } of backend.requests) assert.doesNotMatch(head, /upgrade|http2-settings/i);
    assert.equal(backend.requests.length, 2);
  });
}
