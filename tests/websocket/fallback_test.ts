import assert from "node:assert/strict";
import { callRaw, connectTo, lineValue, passedLines, textOf } from "../caller.ts";
import { chain, watchAttempts } from "../chain.ts";
import { CLOSED_PORT, rawReply, startPeer, startReplier } from "../peer.ts";
import { startProxy } from "../proxy.ts";
import { openSocket, refusedSocket, startSocketBackend } from "../websockets.ts";
import { startRawBackend, SWITCHING, upgradeBytes } from "./raw.ts";

const PATH = "/v1/realtime?model=chat";
const NOWHERE = { url: `http://127.0.0.1:${CLOSED_PORT}` };

/** An echo through a proxy whose first backend fails like this leads to the second. */
async function isServedBySecond(first: { readonly url: string }, rest = ""): Promise<void> {
  await using second = await startSocketBackend();
  await using proxy = await startProxy(chain({ first, second }, rest));
  const attempts = watchAttempts(proxy);
  await using caller = await openSocket(proxy.url + PATH);
  caller.connection.send("hello");
  assert.deepEqual(await caller.received(1), ["hello"]);
  assert.deepEqual(attempts.take(), ["first", "second"]);
  assert.equal(second.requests[0]?.url, "/v1/realtime?model=second-model");
}

Deno.test("an upgrade moves on from a backend that cannot be reached", async () => {
  await isServedBySecond(NOWHERE);
});

for (const status of [429, 500, 503]) {
  Deno.test(`an upgrade moves on from a backend that answers ${status}`, async () => {
    await using first = await startReplier(rawReply(status, [], "busy"));
    await isServedBySecond(first);
  });
}

Deno.test("an upgrade moves on from a backend that does not answer in time", async () => {
  await using first = await startPeer(() => {});
  await isServedBySecond(first, "timeouts: { first_byte_seconds: 0.2 }");
});

Deno.test("an upgrade moves on from a backend that hangs up before its answer", async () => {
  await using first = await startPeer(({ close }) => close());
  await isServedBySecond(first);
});

Deno.test("an upgrade moves on from a 101 that switches to something else", async () => {
  const other = SWITCHING.replace("WebSocket", "h2c");
  await using first = await startReplier(other);
  await isServedBySecond(first);
});

Deno.test("an upgrade moves on from a 101 that does not say what it switches to", async () => {
  await using first = await startReplier("HTTP/1.1 101 Switching Protocols\r\nX: y\r\n\r\n");
  await isServedBySecond(first);
});

Deno.test("an upgrade's failures cool the route as any other request's do", async () => {
  await using first = await startReplier(rawReply(503, [], "down"));
  await using second = await startSocketBackend();
  await using proxy = await startProxy(chain({ first, second }));
  const attempts = watchAttempts(proxy);
  await using _one = await openSocket(proxy.url + PATH);
  await using _other = await openSocket(proxy.url + PATH);
  assert.deepEqual(attempts.take(), ["first", "second", "second"]);
});

Deno.test("a refusal that is the last answer comes as it came, and closes the connection", async () => {
  const lines = ["Content-Type: text/plain", "X-Case: kept", "Set-Cookie: a=1", "Set-Cookie: b=2"];
  await using backend = await startReplier(rawReply(404, lines, "no such voice"));
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await connectTo(proxy.url);
  await caller.send(upgradeBytes(PATH));
  const got = await caller.reply("GET");
  assert.deepEqual([got.status, textOf(got), got.ending], [404, "no such voice", "whole"]);
  assert.deepEqual(passedLines(got), lines);
  assert.equal(lineValue(got, "connection"), "close");
  await caller.closed;
});

Deno.test("a streamed refusal comes whole, and one that is cut is cut", async () => {
  await using backend = await startPeer(async ({ write, close }) => {
    await write("HTTP/1.1 404 X\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    close();
  });
  await using proxy = await startProxy(chain({ backend }));
  const got = await callRaw(proxy.url, { method: "GET", target: PATH, lines: ASKING });
  assert.deepEqual([got.status, textOf(got), got.ending], [404, "abc", "cut"]);
});

const ASKING = ["Connection: Upgrade", "Upgrade: websocket"];

Deno.test("the most useful of several refusals is the answer", async () => {
  await using first = await startReplier(rawReply(503, [], "down"));
  await using second = await startReplier(rawReply(429, ["Retry-After: 7"], "slow down"));
  await using proxy = await startProxy(chain({ first, second }));
  const refusal = await refusedSocket(proxy.url + PATH);
  assert.deepEqual([refusal.status, refusal.body], [429, "slow down"]);
});

Deno.test("where no backend answers an upgrade, the proxy does, in the caller's dialect", async () => {
  await using proxy = await startProxy(chain({ first: NOWHERE }));
  const { status, body } = await refusedSocket(proxy.url + PATH);
  assert.equal(status, 502);
  assert.equal(JSON.parse(body).error.code, "all_backends_failed");
});

Deno.test("a backend's own 101 is what the caller gets, and nothing else", async () => {
  await using backend = await startRawBackend(({ socket }) => {
    socket.write(SWITCHING + "early");
  });
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await connectTo(proxy.url);
  await caller.send(upgradeBytes(PATH, ["X-Mine: yes", "Sec-WebSocket-Extensions: a; b=1"]));
  await caller.until("early");
  const got = await caller.reply("GET");
  assert.deepEqual(got.lines, [
    "upgrade: WebSocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    "X-Case: kept",
  ]);
  const [, ...asked] = (backend.heads[0] ?? "").split("\r\n");
  assert.deepEqual(asked.filter((line) => !line.startsWith("host:")), [
    "connection: upgrade",
    "upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "X-Mine: yes",
    "Sec-WebSocket-Extensions: a; b=1",
  ]);
});

for (const connection of ["keep-alive, Upgrade", "keep-alive\r\nConnection: upgrade"]) {
  Deno.test(`an upgrade is one with Connection: ${JSON.stringify(connection)}`, async () => {
    await using backend = await startSocketBackend();
    await using proxy = await startProxy(chain({ backend }));
    await using caller = await connectTo(proxy.url);
    const request = new TextDecoder().decode(upgradeBytes(PATH));
    await caller.send(request.replace("Connection: Upgrade", `Connection: ${connection}`));
    assert.equal((await caller.reply("GET")).status, 101);
  });
}

Deno.test("an upgrade of HTTP/1.0 is none, whatever it says", async () => {
  await using backend = await startReplier(rawReply(200, [], "plain"));
  await using proxy = await startProxy(chain({ backend }, "default_backend: backend"));
  await using caller = await connectTo(proxy.url);
  const request = new TextDecoder().decode(upgradeBytes(PATH));
  await caller.send(request.replace("HTTP/1.1", "HTTP/1.0"));
  assert.equal(textOf(await caller.reply("GET")), "plain");
  assert.doesNotMatch(backend.requests[0]!.head, /upgrade/i);
});
