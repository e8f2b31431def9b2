/** Section D of the fault catalogue: trailers, and replies without a body, F076 and F077. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connectTo, lineValue, passedLines, requestBytes, textOf } from "../caller.ts";
import { chunk, rawReply, type Script } from "../peer.ts";
import { CHAT, GOOD, isAnswer, startLine } from "./answers.ts";
import { follow } from "./follow.ts";
import { headOf, OPENAI_CHAT, streamed } from "./streams.ts";

const TRAILERS = "0\r\nX-Request-ID: from-the-trailer\r\nSet-Cookie: a=b\r\n\r\n";

Deno.test("F076: a reply's trailers are dropped, never merged into its head", async () => {
  const whole = streamed(OPENAI_CHAT);
  const head = headOf(OPENAI_CHAT).replace("\r\n\r\n", "\r\nTrailer: X-Request-ID\r\n\r\n");
  const primary: Script = ({ write, index }) =>
    index === 0 ? write(head + chunk(String(whole.body)) + TRAILERS) : write(GOOD.bytes);
  await using line = await startLine({ primary });
  const { got, log } = await follow(line, OPENAI_CHAT.request);
  isAnswer(got, whole);
  assert.doesNotMatch(got.lines.join("\n"), /trailer|cookie/i);
  assert.doesNotMatch(log, /from-the-trailer|Set-Cookie/);
  isAnswer((await line.ask()).got, GOOD);
  assert.equal(line.peer("primary").connections, 1);
});

Deno.test("F076: a request's trailers are dropped, never merged into its head", async () => {
  await using line = await startLine({ primary: GOOD });
  await using caller = await connectTo(line.proxy.url);
  const body = `{"model":"chat","messages":[]}`;
  await caller.send(
    "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" +
      `Trailer: Authorization\r\n\r\n${chunk(body)}0\r\nAuthorization: Bearer sneaked\r\n\r\n`,
  );
  isAnswer(await caller.reply(), GOOD);
  const seen = await line.peer("primary").seen(0);
  assert.equal(Buffer.from(seen.body).toString(), body.replace("chat", "primary-model"));
  assert.doesNotMatch(seen.head, /sneaked|^authorization/im);
});

const ANY = { rest: "default_backend: primary" };
const LINES = ['ETag: "1"', "Content-Type: application/json"];

/** Replies that have no body, whatever their head says; after each the connection is as it was. */
const BODILESS: Readonly<Record<string, readonly [method: string, reply: string]>> = {
  "HEAD with a length": ["HEAD", "200 OK\r\nContent-Length: 1234"],
  "HEAD in chunks": ["HEAD", "200 OK\r\nTransfer-Encoding: chunked"],
  "HEAD of an error": ["HEAD", "404 Not Found\r\nContent-Length: 99"],
  "204": ["POST", "204 No Content"],
  "204 with a length of 0": ["POST", "204 No Content\r\nContent-Length: 0"],
  "304 with the length of what it stands for": ["GET", "304 Not Modified\r\nContent-Length: 1234"],
};

for (const [what, [method, start]] of Object.entries(BODILESS)) {
  Deno.test(`F077: ${what} has no body, and the next answer is its own`, async () => {
    const [status = "", ...framing] = start.split("\r\n");
    const head = [`HTTP/1.1 ${status}`, ...LINES, ...framing].join("\r\n");
    const primary: Script = ({ index, write }) =>
      index === 0 ? write(`${head}\r\n\r\n`) : write(GOOD.bytes);
    await using line = await startLine({ primary }, ANY);
    await using caller = await connectTo(line.proxy.url);
    await caller.send(requestBytes({ method, target: "/v1/files/f" }));
    const got = await caller.reply(method);
    assert.deepEqual([got.status, textOf(got), got.ending], [parseInt(status), "", "whole"]);
    assert.deepEqual(passedLines(got), LINES);
    const length = framing.find((line) => line.startsWith("Content-Length: "));
    if (length !== undefined) assert.equal(lineValue(got, "content-length"), length.split(" ")[1]);
    await caller.send(requestBytes(CHAT));
    isAnswer(await caller.reply(), GOOD);
    assert.equal(line.cooling("primary"), 0);
  });
}

/** Replies that have no body by their status or method, and all the same send one. */
const ANYWAY: Readonly<Record<string, readonly [method: string, status: number]>> = {
  "HEAD": ["HEAD", 200],
  "204": ["POST", 204],
  "304": ["GET", 304],
};

for (const [what, [method, status]] of Object.entries(ANYWAY)) {
  Deno.test(`F077: a body that a backend sends with ${what} reaches nobody`, async () => {
    const primary: Script = ({ index, write }) =>
      write(index === 0 ? rawReply(status, LINES, "stray bytes") : GOOD.bytes);
    await using line = await startLine({ primary }, ANY);
    await using caller = await connectTo(line.proxy.url);
    await caller.send(requestBytes({ method, target: "/v1/files/f" }));
    const got = await caller.reply(method);
    assert.deepEqual([got.status, got.ending], [status, "whole"]);
    assert.deepEqual(passedLines(got), LINES);
    await caller.send(requestBytes(CHAT));
    isAnswer(await caller.reply(), GOOD);
    assert.equal(line.peer("primary").connections, 2);
  });
}

Deno.test("F077: a 205 has as many bytes as its head says: HTTP frames it like any reply", async () => {
  const primary: Script = ({ index, write }) =>
    write(index === 0 ? rawReply(205, LINES, "stray bytes") : GOOD.bytes);
  await using line = await startLine({ primary });
  await using caller = await connectTo(line.proxy.url);
  await caller.send(requestBytes({ ...CHAT, target: "/v1/files/f" }));
  await caller.until("205");
  await caller.send(requestBytes(CHAT));
  await caller.until(String(GOOD.body));
  const got = await caller.reply();
  assert.equal(got.status, 205);
  assert.ok(["", "stray bytes"].includes(textOf(got)), "the next reply's bytes are in this one");
  isAnswer(await caller.reply(), GOOD);
});
