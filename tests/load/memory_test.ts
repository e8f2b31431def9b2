/** Request bodies find room in memory, or are answered 503 before it runs out. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import {
  type Caller,
  callRaw,
  connectTo,
  lineValue,
  type RawReply,
  requestBytes,
  textOf,
} from "../caller.ts";
import { chain } from "../chain.ts";
import { chunk, type Peer, reply, startPeer } from "../peer.ts";
import { startProxy } from "../proxy.ts";

const MIB = 1024 * 1024;
const ANSWER = reply(200, `{"choices":[{"message":{"content":"a"}}]}`);
const SMALL = { body: `{"model":"chat","messages":[]}` };

function large(mebibytes: number): string {
  return `{"model":"chat","messages":[${" ".repeat(mebibytes * MIB)}]}`;
}

/** Answers all at once, as soon as the promise is kept. */
function startWaiting(until: Promise<void>): Promise<Peer> {
  return startPeer(async ({ write }) => {
    await until;
    await write(ANSWER);
  });
}

function configuration(peer: Peer, heldMib: number): string {
  return `${chain({ backend: peer })}\nlimits: { max_held_mb: ${heldMib} }\n`;
}

function statuses(replies: readonly RawReply[]): number[] {
  return replies.map(({ status }) => status).sort();
}

Deno.test("of many large uploads at once some get 503, and everything is well afterwards", async () => {
  const release = Promise.withResolvers<void>();
  await using peer = await startWaiting(release.promise);
  await using proxy = await startProxy(configuration(peer, 16));
  const { load } = proxy.state;
  const body = large(3);
  let answered = 0;
  const calls = Array.from({ length: 24 }, async () => {
    const got = await callRaw(proxy.url, { body });
    if (got.status === 503) answered++;
    // The others wait for the backend, which waits until enough have been turned away.
    if (answered === 19) release.resolve();
    return got;
  });
  const replies = await Promise.all(calls);
  const whole = replies.filter(({ status }) => status === 200);
  const refused = replies.filter(({ status }) => status === 503);
  assert.equal(whole.length + refused.length, 24, String(statuses(replies)));
  assert.ok(whole.length >= 1 && whole.length <= 5, `${whole.length} got through`);
  for (const each of refused) {
    assert.equal(lineValue(each, "retry-after"), "5");
    assert.equal(JSON.parse(textOf(each)).error.code, "overloaded");
  }
  assert.equal(load.heldBytes, 0);
  assert.equal(load.inFlight, 0);
  assert.equal(load.shed.memory, refused.length);
  assert.equal((await callRaw(proxy.url, SMALL)).status, 200);
  assert.equal((await callRaw(proxy.url, { body })).status, 200);
});

/** The status of a second request while a first one of 3 MiB is held, of 4. */
async function beside(send: (caller: Caller) => Promise<void>): Promise<number> {
  const release = Promise.withResolvers<void>();
  await using peer = await startWaiting(release.promise);
  await using proxy = await startProxy(configuration(peer, 4));
  const first = callRaw(proxy.url, { body: large(3) });
  await peer.seen(0);
  await using caller = await connectTo(proxy.url);
  await send(caller);
  const got = await caller.reply();
  assert.ok(proxy.state.load.heldBytes < 4 * MIB);
  release.resolve();
  assert.equal((await first).status, 200);
  return got.status;
}

Deno.test("a body that does not say its size is taken as long as there is room", async () => {
  const bytes = large(2);
  const head =
    "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  assert.equal(await beside((caller) => caller.send(head + chunk(bytes) + chunk(""))), 503);
});

Deno.test("what a compressed body expands to needs room as well", async () => {
  const lines = ["Content-Encoding: gzip"];
  const request = requestBytes({ lines, body: gzipSync(large(2)) });
  assert.equal(await beside((caller) => caller.send(request)), 503);
});

Deno.test("a small body still fits beside large ones", async () => {
  const release = Promise.withResolvers<void>();
  await using peer = await startWaiting(release.promise);
  await using proxy = await startProxy(configuration(peer, 4));
  const first = callRaw(proxy.url, { body: large(3) });
  await peer.seen(0);
  const second = callRaw(proxy.url, SMALL);
  await peer.seen(1);
  release.resolve();
  assert.deepEqual(statuses(await Promise.all([first, second])), [200, 200]);
});

Deno.test("a body alone is taken however little may be held", async () => {
  await using peer = await startWaiting(Promise.resolve());
  await using proxy = await startProxy(configuration(peer, 0.5));
  assert.equal((await callRaw(proxy.url, { body: large(3) })).status, 200);
});

Deno.test("where V8 is short of memory requests are turned away until it is not", async () => {
  const release = Promise.withResolvers<void>();
  await using peer = await startWaiting(release.promise);
  let heapBytes = 100 * MIB;
  const memory = () => ({ heapBytes, heapLimitBytes: 1000 * MIB, externalBytes: 0 });
  await using proxy = await startProxy(chain({ backend: peer }), { memory });
  const first = callRaw(proxy.url, SMALL);
  await peer.seen(0);
  heapBytes = 900 * MIB;
  proxy.pass(1);
  const trial = callRaw(proxy.url, SMALL);
  await peer.seen(1);
  assert.equal((await callRaw(proxy.url, SMALL)).status, 503);
  heapBytes = 700 * MIB;
  proxy.pass(1);
  release.resolve();
  assert.deepEqual(statuses(await Promise.all([first, trial])), [200, 200]);
  assert.equal((await callRaw(proxy.url, SMALL)).status, 200);
});
