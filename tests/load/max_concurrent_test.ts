/** `limits.max_concurrent`: what is one too many is turned away at the door. */
import assert from "node:assert/strict";
import { callRaw, connectTo, lineValue, requestBytes, textOf } from "../caller.ts";
import { chain } from "../chain.ts";
import { type Peer, startPausing } from "../peer.ts";
import { startProxy, type TestProxy } from "../proxy.ts";
import { openSocket, refusedSocket, startSocketBackend } from "../websockets.ts";

const CHAT = { body: `{"model":"chat","stream":true,"messages":[]}` };
const LIMIT = "limits: { max_concurrent: 1 }\n";

function configuration(peer: Pick<Peer, "url">, rest = LIMIT): string {
  return `${chain({ backend: peer })}\n${rest}`;
}

/** Resolves when a request's record has ended. */
function ended({ state }: TestProxy): Promise<void> {
  return new Promise((resolve) => {
    const stop = state.journal.watch({
      onAttempt() {},
      onEnd() {
        stop();
        resolve();
      },
    });
  });
}

/** A stream under way, and one more request that is turned away. */
async function startBusy() {
  const release = Promise.withResolvers<void>();
  const peer = await startPausing(release.promise);
  const proxy = await startProxy(configuration(peer));
  const stream = await connectTo(proxy.url);
  await stream.send(requestBytes(CHAT));
  await stream.until("Hello");
  return {
    peer,
    proxy,
    stream,
    release: release.resolve,
    async [Symbol.asyncDispose]() {
      release.resolve();
      await stream[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await peer[Symbol.asyncDispose]();
    },
  };
}

Deno.test("over limits.max_concurrent the answer is 503 with Retry-After, in the caller's dialect", async () => {
  await using busy = await startBusy();
  const { proxy, peer } = busy;
  const refused = await callRaw(proxy.url, CHAT);
  assert.deepEqual([refused.status, lineValue(refused, "retry-after")], [503, "1"]);
  assert.equal(JSON.parse(textOf(refused)).error.code, "overloaded");
  const anthropic = await callRaw(proxy.url, { ...CHAT, target: "/v1/messages" });
  assert.equal(anthropic.status, 503);
  assert.equal(JSON.parse(textOf(anthropic)).error.type, "overloaded_error");
  const target = "/v1beta/models/chat:streamGenerateContent";
  const gemini = await callRaw(proxy.url, { target, body: "{}" });
  assert.equal(JSON.parse(textOf(gemini)).error.status, "UNAVAILABLE");
  assert.equal(peer.requests.length, 1);
});

Deno.test("own endpoints are neither counted nor turned away", async () => {
  await using busy = await startBusy();
  for (const target of ["/health", "/v1/models"]) {
    assert.equal((await callRaw(busy.proxy.url, { method: "GET", target })).status, 200, target);
  }
});

Deno.test("a stream counts until it ends, and then the next request is let in", async () => {
  await using busy = await startBusy();
  const { proxy, stream, release } = busy;
  assert.equal((await callRaw(proxy.url, CHAT)).status, 503);
  const over = ended(proxy);
  release();
  assert.equal((await stream.reply()).ending, "whole");
  await over;
  assert.equal((await callRaw(proxy.url, CHAT)).status, 200);
});

Deno.test("a caller that leaves is no longer in flight", async () => {
  await using busy = await startBusy();
  const { proxy, stream, release } = busy;
  const over = ended(proxy);
  stream.leave();
  await over;
  release();
  assert.equal((await callRaw(proxy.url, CHAT)).status, 200);
});

Deno.test("a WebSocket counts until its tunnel is over", async () => {
  await using backend = await startSocketBackend();
  await using proxy = await startProxy(configuration(backend));
  const target = "/v1/realtime?model=chat";
  const socket = await openSocket(proxy.url + target);
  assert.equal((await refusedSocket(proxy.url + target)).status, 503);
  const over = ended(proxy);
  await socket[Symbol.asyncDispose]();
  await over;
  const again = await openSocket(proxy.url + target);
  assert.equal(proxy.state.load.inFlight, 1);
  await again[Symbol.asyncDispose]();
});

Deno.test("a reload changes the limit for the next request", async () => {
  await using busy = await startBusy();
  const { proxy, peer, release } = busy;
  assert.equal((await callRaw(proxy.url, CHAT)).status, 503);
  await proxy.configure(configuration(peer, "limits: { max_concurrent: 0 }\n"));
  await using second = await connectTo(proxy.url);
  await second.send(requestBytes(CHAT));
  await second.until("Hello");
  await proxy.configure(configuration(peer, "limits: { max_concurrent: 2 }\n"));
  assert.equal((await callRaw(proxy.url, CHAT)).status, 503);
  release();
});

Deno.test("what is turned away is counted, and told of in one line", async () => {
  await using busy = await startBusy();
  const { proxy } = busy;
  for (let count = 0; count < 20; count++) await callRaw(proxy.url, CHAT);
  const text = await proxy.state.metrics.text();
  assert.match(text, /^llm_proxy_shed_requests_total\{reason="max_concurrent"\} 20$/m);
  assert.match(text, /^llm_proxy_shed_requests_total\{reason="memory"\} 0$/m);
  await proxy.state.log.flush();
  const told = proxy.lines.filter((line) => line.includes("Turned away"));
  assert.equal(told.length, 1, told.join("\n"));
  assert.match(told[0] ?? "", /WARN +Turned away 1 request with 503 overloaded/);
});

Deno.test("an upload that is turned away is not read to its end", async () => {
  await using busy = await startBusy();
  await using caller = await connectTo(busy.proxy.url);
  const head =
    "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 1073741824\r\n\r\n";
  await caller.send(head);
  assert.equal((await caller.reply()).status, 503);
  const piece = new Uint8Array(1024 * 1024);
  const closed = caller.closed.then(() => "closed");
  for (let sent = 0; sent < 64; sent++) {
    if (await Promise.race([caller.send(piece), closed]) === "closed") break;
  }
  assert.equal(await closed, "closed");
  assert.equal(busy.proxy.state.load.heldBytes, CHAT.body.length);
});
