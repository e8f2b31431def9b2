/** HTTPS with HTTP/1.1: the same listener as without TLS, so what could differ is tried. */
import assert from "node:assert/strict";
import { callRaw, connectTo, passedLines, requestBytes, textOf } from "./caller.ts";
import { chain } from "./chain.ts";
import {
  chunk,
  CONTENT,
  DONE,
  rawReply,
  reply,
  startPausing,
  startPeer,
  startReplier,
  STREAM_HEAD,
} from "./peer.ts";
import { startSecureProxy } from "./secure_proxy.ts";

const CALL = { body: `{"model":"chat"}` };
const STREAM = { body: `{"model":"chat","stream":true,"pad":"${"x".repeat(3000)}"}` };

Deno.test("HTTPS passes requests and replies as they are, on one connection", async () => {
  const lines = ["Content-Type: application/json", "Set-Cookie: a=1", "set-cookie: b=2"];
  await using backend = await startReplier(rawReply(200, lines, `{ "a":1e400 }`));
  await using proxy = await startSecureProxy(chain({ backend }));
  assert.match(proxy.url, /^https:\/\/127\.0\.0\.1:\d+$/);
  await using caller = await connectTo(proxy.url);
  for (let time = 0; time < 2; time++) {
    await caller.send(requestBytes({ ...CALL, lines: ["X-Case: 1", "x-case: 2"] }));
    const got = await caller.reply();
    assert.deepEqual([passedLines(got), textOf(got)], [lines, `{ "a":1e400 }`]);
  }
  assert.deepEqual(
    backend.requests[0]?.headers.filter(([name]) => /case/i.test(name)),
    [["X-Case", "1"], ["x-case", "2"]],
  );
});

Deno.test("HTTPS streams event by event, and a cut stays a cut", async () => {
  const seen = Promise.withResolvers<void>();
  const more = Promise.withResolvers<void>();
  await using backend = await startPeer(async ({ write, reset }) => {
    await write(STREAM_HEAD + chunk(CONTENT));
    await seen.promise;
    await write(chunk(": still here\n\n"));
    await more.promise;
    reset();
  });
  await using proxy = await startSecureProxy(chain({ backend }));
  await using caller = await connectTo(proxy.url);
  await caller.send(requestBytes(STREAM));
  await caller.until(CONTENT);
  seen.resolve();
  await caller.until(": still here");
  more.resolve();
  const got = await caller.reply();
  assert.deepEqual([textOf(got), got.ending], [`${CONTENT}: still here\n\n`, "cut"]);
});

for (const [phase, head] of [["before the head", ""], ["in the stream", STREAM_HEAD]] as const) {
  Deno.test(`HTTPS lets the backend go within a second of the caller's leaving ${phase}`, async () => {
    const gone = Promise.withResolvers<void>();
    await using backend = await startPeer(async (exchange) => {
      exchange.gone.then(gone.resolve);
      if (head !== "") await exchange.write(head + chunk(CONTENT));
    });
    await using proxy = await startSecureProxy(chain({ backend }));
    await using caller = await connectTo(proxy.url);
    await caller.send(requestBytes(STREAM));
    await backend.seen(0);
    if (head !== "") await caller.until(CONTENT);
    const leftAtMs = performance.now();
    caller.leave();
    await gone.promise;
    assert.ok(performance.now() - leftAtMs < 1000);
  });
}

Deno.test("HTTPS drains: what is in flight ends, idle and silent connections go at once", async () => {
  const release = Promise.withResolvers<void>();
  await using backend = await startPausing(release.promise);
  await using proxy = await startSecureProxy(chain({ backend }));
  const { port } = new URL(proxy.url);
  await using idle = await connectTo(proxy.url);
  await using silent = await connectTo(`http://127.0.0.1:${port}`);
  await using busy = await connectTo(proxy.url);
  await busy.send(requestBytes(STREAM));
  await busy.until(CONTENT);
  const drained = proxy.drain(5);
  await Promise.all([idle.closed, silent.closed]);
  release.resolve();
  const got = await busy.reply();
  assert.deepEqual([textOf(got), got.ending], [CONTENT + DONE, "whole"]);
  await drained;
});

Deno.test("HTTPS goes on after a caller who does not speak TLS", async () => {
  await using backend = await startReplier(reply(200, `{"from":"backend"}`));
  await using proxy = await startSecureProxy(chain({ backend }));
  await using plain = await connectTo(proxy.url.replace("https", "http"));
  await plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await plain.closed;
  assert.equal(textOf(await callRaw(proxy.url, CALL)), `{"from":"backend"}`);
});
