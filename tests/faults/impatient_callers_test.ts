/** Callers who leave before we would give up: slow streams that live, and routes that were left in silence. */
import assert from "node:assert/strict";
import { callRaw, connectTo, requestBytes, textOf } from "../caller.ts";
import { chain, watchAttempts } from "../chain.ts";
import { chunk, CONTENT, DONE, type Peer, type Script, startPeer, STREAM_HEAD } from "../peer.ts";
import { startProxy, type TestProxy } from "../proxy.ts";

const BODY = `{"model":"chat","stream":true,"messages":[{"role":"user","content":"Hi"}]}`;
const ROLE = `data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n`;

/** What a backend may send for a sign of life, by what it is. */
const SIGNS = {
  "a comment": ": keep-alive\n\n",
  "a ping": `event: ping\ndata: {"type":"ping"}\n\n`,
  "an event without content": ROLE,
  "a blank line": "\n",
};

const answering: Script = ({ write }) =>
  write(STREAM_HEAD + chunk(CONTENT.replace("Hello", "other")) + chunk(DONE) + chunk(""));

interface Scene extends AsyncDisposable {
  readonly proxy: TestProxy;
  readonly slow: Peer;
  readonly attempts: { take(): string[] };
}

async function meet(script: Script, rest: string): Promise<Scene> {
  const stack = new AsyncDisposableStack();
  const slow = stack.use(await startPeer(script));
  const other = stack.use(await startPeer(answering));
  const proxy = stack.use(await startProxy(chain({ slow, other }, rest)));
  const attempts = watchAttempts(proxy);
  return { proxy, slow, attempts, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Sent 45 s after it arrived, without anybody having waited. */
const HELD = "detection: { hold_seconds: 0.05 }";

for (const [name, sign] of Object.entries(SIGNS)) {
  Deno.test(`cases 15: after hold_seconds a stream that shows ${name} is passed on, byte by byte`, async () => {
    const seen = Promise.withResolvers<void>();
    await using scene = await meet(async ({ write }) => {
      await write(STREAM_HEAD + chunk(sign));
      await seen.promise;
      await write(chunk(CONTENT) + chunk(DONE) + chunk(""));
    }, HELD);
    await using caller = await connectTo(scene.proxy.url);
    await caller.send(requestBytes({ body: BODY }));
    await caller.until(sign);
    seen.resolve();
    const { status, body } = await caller.reply();
    assert.deepEqual([status, textOf({ body })], [200, sign + CONTENT + DONE]);
    assert.deepEqual(scene.attempts.take(), ["slow"]);
  });
}

Deno.test("cases 15: hold_seconds counts from the request's arrival, whatever was tried before", async () => {
  const stack = new AsyncDisposableStack();
  await using _all = stack;
  const go = Promise.withResolvers<void>();
  const proxies: TestProxy[] = [];
  const failing = stack.use(
    await startPeer(async ({ write }) => {
      proxies[0]!.pass(45);
      await write("HTTP/1.1 503 X\r\ncontent-length: 0\r\n\r\n");
    }),
  );
  const slow = stack.use(
    await startPeer(async ({ write }) => {
      await write(STREAM_HEAD + chunk(": alive\n\n"));
      await go.promise;
      await write(chunk(CONTENT) + chunk(DONE) + chunk(""));
    }),
  );
  const proxy = stack.use(await startProxy(chain({ failing, slow })));
  proxies.push(proxy);
  const caller = stack.use(await connectTo(proxy.url));
  await caller.send(requestBytes({ body: BODY }));
  await caller.until(": alive");
  go.resolve();
  assert.equal((await caller.reply()).ending, "whole");
});

Deno.test("cases 15: a backend that showed nothing but a head is held on, and the next route answers", async () => {
  const timeouts = "timeouts: { first_content_seconds: 0.2 }";
  await using scene = await meet(({ write }) => write(STREAM_HEAD), `${HELD}\n${timeouts}`);
  const reply = await callRaw(scene.proxy.url, { body: BODY });
  assert.match(textOf(reply), /other/);
  assert.deepEqual(scene.attempts.take(), ["slow", "other"]);
});

Deno.test("cases 15: with hold_seconds 0 a stream that only lives is held on", async () => {
  const rest = "detection: { hold_seconds: 0 }\ntimeouts: { first_content_seconds: 0.2 }";
  await using scene = await meet(({ write }) => write(STREAM_HEAD + chunk(ROLE)), rest);
  assert.match(textOf(await callRaw(scene.proxy.url, { body: BODY })), /other/);
});

Deno.test("cases 15: pings after the head do not fool the first-content timer: a cut, row 19, and the route cools", async () => {
  const rest = `${HELD}\ntimeouts: { first_content_seconds: 0.3 }`;
  await using scene = await meet(async ({ write, gone }) => {
    let isOver = false;
    gone.then(() => isOver = true);
    await write(STREAM_HEAD);
    while (!isOver) {
      await write(chunk(": ping\n\n")).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }, rest);
  const reply = await callRaw(scene.proxy.url, { body: BODY });
  assert.deepEqual([reply.status, reply.ending], [200, "cut"]);
  assert.match(textOf(reply), /^(?:: ping\n\n)+$/);
  const [log = ""] = await scene.proxy.logs();
  assert.match(log, /stream cut: .*no content came within 0\.3 s.*the route cools for 300 s/);
  assert.match(textOf(await callRaw(scene.proxy.url, { body: BODY })), /other/);
});

Deno.test("cases 15: content after the commit ends the first-content timer", async () => {
  const go = Promise.withResolvers<void>();
  await using scene = await meet(async ({ write }) => {
    await write(STREAM_HEAD + chunk(ROLE));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await write(chunk(CONTENT));
    await go.promise;
    await write(chunk(DONE) + chunk(""));
  }, `${HELD}\ntimeouts: { first_content_seconds: 0.3 }`);
  await using caller = await connectTo(scene.proxy.url);
  await caller.send(requestBytes({ body: BODY }));
  await caller.until(CONTENT);
  setTimeout(() => go.resolve(), 400);
  assert.equal((await caller.reply()).ending, "whole");
});

Deno.test("cases 15: an error event after such a commit counts as row 20", async () => {
  const go = Promise.withResolvers<void>();
  await using scene = await meet(async ({ write }) => {
    await write(STREAM_HEAD + chunk(ROLE));
    await go.promise;
    await write(chunk(`data: {"error":{"message":"Overloaded"}}\n\n`) + chunk(""));
  }, HELD);
  await using caller = await connectTo(scene.proxy.url);
  await caller.send(requestBytes({ body: BODY }));
  await caller.until(ROLE);
  go.resolve();
  await caller.reply();
  assert.match((await scene.proxy.logs())[0] ?? "", /late error: .*the route cools/);
});
