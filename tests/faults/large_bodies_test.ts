/** Section C of the fault catalogue: bodies that must be sent again whole, or not at all, F054. */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { connectTo, lineValue, type RawReply, requestBytes, textOf } from "../caller.ts";
import { chain } from "../chain.ts";
import { chunk, startReplier } from "../peer.ts";
import { startProxy } from "../proxy.ts";
import { ask, CHAT, GOOD, isAnswer, type Line, startLine } from "./answers.ts";

const LIMIT = 64 * 1024;
const REST = { rest: `limits: { max_body_mb: ${LIMIT / 1024 ** 2} }` };

/** A call of exactly that many bytes. */
function bodyOf(bytes: number, model = "chat"): string {
  const empty = `{"model":"${model}","messages":[{"role":"user","content":""}]}`;
  return empty.replace(`""`, `"${"x".repeat(bytes - empty.length)}"`);
}

/** What a caller gets that sends these bytes, whether they are ever read or not. */
async function told(url: string, bytes: string | Uint8Array): Promise<RawReply> {
  await using caller = await connectTo(url);
  const sending = caller.send(bytes);
  const got = await caller.reply();
  caller.leave();
  await Promise.race([sending, caller.closed]);
  return got;
}

function isTooLarge(got: RawReply, line: Line): void {
  assert.equal(got.status, 413);
  assert.equal(lineValue(got, "content-type"), "application/json");
  assert.match(JSON.parse(textOf(got)).error.message, /\d/);
  assert.equal(line.peer("primary").connections, 0);
  assert.equal(line.peer("secondary").connections, 0);
  assert.equal(line.cooling("primary"), 0);
}

for (const bytes of [LIMIT + 1, 3 * LIMIT]) {
  Deno.test(`F054: a body of ${bytes} bytes over a limit of ${LIMIT} is a 413 and sent to nobody`, async () => {
    await using line = await startLine({ primary: GOOD, secondary: GOOD }, REST);
    isTooLarge(await told(line.proxy.url, requestBytes({ ...CHAT, body: bodyOf(bytes) })), line);
  });

  Deno.test(`F054: a body of ${bytes} bytes in chunks is a 413 and sent to nobody`, async () => {
    await using line = await startLine({ primary: GOOD, secondary: GOOD }, REST);
    const head =
      "POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    isTooLarge(await told(line.proxy.url, head + chunk(bodyOf(bytes)) + chunk("")), line);
  });
}

Deno.test("F054: a 100 MB body that is only announced is a 413 and sent to nobody", async () => {
  await using line = await startLine({ primary: GOOD, secondary: GOOD });
  const head = "POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nContent-Length: 104857600\r\n\r\n";
  isTooLarge(await told(line.proxy.url, `${head}{"model":"chat",`), line);
});

Deno.test("F054: a 413 of ours is worded as the caller's dialect words it", async () => {
  await using line = await startLine({ primary: GOOD, secondary: GOOD }, REST);
  const call = { target: "/v1/messages", body: bodyOf(LIMIT + 1) };
  const { type, error } = JSON.parse(textOf(await told(line.proxy.url, requestBytes(call))));
  assert.deepEqual([type, error.type], ["error", "request_too_large"]);
});

Deno.test("F054: a body at the limit is sent whole to each backend", async () => {
  const secondary = GOOD;
  await using line = await startLine({ primary: ({ reset }) => reset(), secondary }, REST);
  const { got } = await line.ask({ ...CHAT, body: bodyOf(LIMIT) });
  isAnswer(got, GOOD);
  for (const name of ["primary", "secondary"]) {
    const expected = bodyOf(LIMIT).replace("chat", `${name}-model`);
    assert.ok(textOf(line.peer(name).requests[0]!) === expected, name);
  }
});

/** A server that breaks every connection at its first bytes, long before a large body has come. */
async function startBreaker() {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.resetAndDestroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

Deno.test("F054: a body of which one backend took a part comes to the next whole", async () => {
  await using breaker = await startBreaker();
  await using whole = await startReplier(GOOD.bytes);
  await using proxy = await startProxy(chain({ breaker, whole }));
  const bytes = 8 * 1024 ** 2;
  const { got, attempts } = await ask(proxy, { ...CHAT, body: bodyOf(bytes) });
  isAnswer(got, GOOD);
  assert.deepEqual(attempts, [
    "breaker: row 5 cools the route for 300 s",
    "whole: answered",
  ]);
  assert.ok(textOf(whole.requests[0]!) === bodyOf(bytes).replace("chat", "whole-model"));
});
