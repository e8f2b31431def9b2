import assert from "node:assert/strict";
import { type Caller, connectTo, lineValue, textOf } from "./caller.ts";
import { chain } from "./chain.ts";
import { chunk, type Peer, reply, startPeer, startReplier, STREAM_HEAD } from "./peer.ts";
import { startProxy } from "./proxy.ts";

const BODY = `{"model":"chat"}`;
const REST = `Content-Length: ${BODY.length}\r\n\r\n${BODY}`;

interface Line extends AsyncDisposable {
  readonly backend: Peer;
  readonly caller: Caller;
}

/** A caller of a backend that answers each request with its path. */
async function startLine(rest = ""): Promise<Line> {
  const stack = new AsyncDisposableStack();
  const echo = await startPeer(({ request, write }) => write(reply(200, request.target)));
  const backend = stack.use(echo);
  const proxy = stack.use(await startProxy(chain({ backend }, rest)));
  const caller = stack.use(await connectTo(proxy.url));
  return { backend, caller, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Requests whose end two readers could see in different places (RFC 9112, section 11.2). */
const AMBIGUOUS: Readonly<Record<string, string>> = {
  "a length and chunks": "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "two lengths": `Content-Length: 1\r\n${REST}`,
  "a length that is no number": `Content-Length: +16\r\n\r\n${BODY}`,
  "a space before the colon": "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
  "a folded header": `X-A: b\r\n c\r\n${REST}`,
  "a chunk size that is none": "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
  "a NUL in a header": `X-A: b\0c\r\n${REST}`,
};

for (const [what, lines] of Object.entries(AMBIGUOUS)) {
  Deno.test(`startServer() refuses a request with ${what}, and the connection with it`, async () => {
    await using line = await startLine();
    await line.caller.send(`POST /x HTTP/1.1\r\nHost: a\r\n${lines}`);
    assert.equal((await line.caller.reply()).status, 400);
    await line.caller.closed;
    assert.equal(line.backend.connections, 0);
  });
}

Deno.test("startServer() answers what is not HTTP with a bare 400", async () => {
  await using line = await startLine();
  await line.caller.send("\x16\x03\x01\x02\x00\x01");
  const got = await line.caller.reply();
  assert.deepEqual([got.status, got.body.length], [400, 0]);
  await line.caller.closed;
});

Deno.test("startServer() answers pipelined requests in their order", async () => {
  await using line = await startLine();
  const request = (target: string) => `POST ${target} HTTP/1.1\r\nHost: a\r\n${REST}`;
  await line.caller.send(request("/1") + request("/2") + request("/3"));
  const targets = [];
  for (let i = 0; i < 3; i++) targets.push(textOf(await line.caller.reply()));
  assert.deepEqual(targets, ["/1", "/2", "/3"]);
});

Deno.test("startServer() closes the connection of a caller who asks for it", async () => {
  await using line = await startLine();
  await line.caller.send(`POST /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${REST}`);
  assert.equal(textOf(await line.caller.reply()), "/1");
  await line.caller.closed;
});

Deno.test("startServer() ends a stream to an HTTP/1.0 caller with its connection", async () => {
  await using backend = await startReplier(STREAM_HEAD + chunk("data: 1\n\n") + chunk(""));
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await connectTo(proxy.url);
  await caller.send(`POST /1 HTTP/1.0\r\nHost: a\r\n${REST}`);
  const got = await caller.reply();
  assert.equal(lineValue(got, "transfer-encoding"), undefined);
  assert.equal(textOf(got), "data: 1\n\n");
});

Deno.test("startServer() answers a POST that offers an upgrade as if it did not", async () => {
  await using line = await startLine();
  await line.caller.send(
    `POST /1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n${REST}`,
  );
  assert.equal(textOf(await line.caller.reply()), "/1");
  assert.doesNotMatch(line.backend.requests[0]!.head, /upgrade/i);
});

Deno.test("startServer() takes the path of a target that names a host", async () => {
  await using line = await startLine();
  await line.caller.send(`POST http://elsewhere.example/1?a=b HTTP/1.1\r\nHost: a\r\n${REST}`);
  assert.equal(textOf(await line.caller.reply()), "/1?a=b");
});

for (const framing of ["Content-Length: 600000", "Transfer-Encoding: chunked"]) {
  Deno.test(`startServer() serves on after a body over the limit: ${framing}`, async () => {
    await using line = await startLine("limits: { max_body_mb: 0.5 }");
    const body = "x".repeat(600_000);
    const sent = framing.includes("chunked") ? chunk(body) + chunk("") : body;
    await line.caller.send(`POST /1 HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n${sent}`);
    assert.equal((await line.caller.reply()).status, 413);
    await line.caller.send(`POST /2 HTTP/1.1\r\nHost: a\r\n${REST}`);
    assert.equal(textOf(await line.caller.reply()), "/2");
  });
}

for (const size of [1_000, 1_000_000]) {
  Deno.test(`startServer() serves on after a request turned away with ${size} bytes`, async () => {
    await using line = await startLine();
    const body = "x".repeat(size);
    await line.caller.send(
      `POST /1 HTTP/1.1\r\nHost: a b\r\nContent-Length: ${size}\r\n\r\n${body}`,
    );
    assert.equal((await line.caller.reply()).status, 400);
    await line.caller.send(`POST /2 HTTP/1.1\r\nHost: a\r\n${REST}`);
    assert.equal(textOf(await line.caller.reply()), "/2");
  });
}

Deno.test("startServer() ends the connection of a caller who sends on and on after a 413", async () => {
  await using line = await startLine("limits: { max_body_mb: 0.01 }");
  await line.caller.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\nx");
  assert.equal((await line.caller.reply()).status, 413);
  await line.caller.closed;
});
