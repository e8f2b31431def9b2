import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import {
  callRaw,
  connectTo,
  lineValue,
  passedLines,
  type RawReply,
  type RawRequest,
  requestBytes,
} from "./caller.ts";
import { chain } from "./chain.ts";
import { rawReply, type Script, startPeer } from "./peer.ts";
import { startProxy } from "./proxy.ts";

/** A path whose replies may be anything. */
const ANY_REPLY = "/v1/audio/speech";

/** What the caller sees of what a backend does. */
async function replyOf(script: Script, request: RawRequest = {}): Promise<RawReply> {
  await using backend = await startPeer(script);
  await using proxy = await startProxy(chain({ backend }));
  return await callRaw(proxy.url, { target: ANY_REPLY, body: `{"model":"chat"}`, ...request });
}

function replyTo(bytes: string | Uint8Array, request: RawRequest = {}): Promise<RawReply> {
  const raw = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
  return replyOf(({ write }) => write(raw), request);
}

for (const status of [200, 201, 202, 206, 299, 300, 400, 418, 422, 499]) {
  Deno.test(`a caller gets the status ${status}`, async () => {
    assert.equal((await replyTo(rawReply(status, [], "{}"))).status, status);
  });
}

Deno.test("a caller gets every header line with its case, order and duplicates", async () => {
  const lines = [
    "X-Zulu: first",
    "Set-Cookie: a=1; Path=/",
    "content-TYPE: application/json",
    "x-alpha: 1",
    "Set-Cookie: b=2",
    "X-Zulu: again",
    "Set-Cookie: c=3",
    "Server: vendor/1.0",
    "Via: 1.1 vendor",
    "x-latin: caf\xe9 \xff",
    "x-empty: ",
    'x-quoted: "a, b"',
    "retry-after: 7",
    "x-should-retry: false",
    "anthropic-ratelimit-requests-remaining: 0",
    "Strict-Transport-Security: max-age=1",
    "Vary: Accept-Encoding",
    'ETag: W/"x"',
    "Location: /elsewhere",
  ];
  assert.deepEqual(passedLines(await replyTo(rawReply(200, lines, `{"ok":1}`))), lines);
});

Deno.test("a caller gets header values byte for byte before the body has come", async () => {
  const line = `x-latin: caf\xe9 ${Buffer.from("Grüße 模").toString("latin1")}`;
  const head = `HTTP/1.1 200 OK\r\n${line}\r\nContent-Length: 2\r\n\r\n`;
  const headSeen = Promise.withResolvers<void>();
  await using backend = await startPeer(async ({ write }) => {
    await write(Buffer.from(head, "latin1"));
    await headSeen.promise;
    await write("{}");
  });
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await connectTo(proxy.url);
  await caller.send(requestBytes({ target: ANY_REPLY, body: `{"model":"chat"}` }));
  await caller.until("\r\n\r\n");
  headSeen.resolve();
  assert.deepEqual(passedLines(await caller.reply()), [line]);
});

Deno.test("a caller gets 80 header lines", async () => {
  const lines = Array.from({ length: 80 }, (_, i) => `X-Header-${i}: ${"v".repeat(100)}`);
  assert.deepEqual(passedLines(await replyTo(rawReply(200, lines, `{"ok":1}`))), lines);
});

Deno.test("a caller gets nothing added but a missing date", async () => {
  const { lines } = await replyTo(rawReply(200, [], `{"ok":1}`));
  const names = lines.map((line) => line.split(":")[0]?.toLowerCase());
  assert.deepEqual(names.sort(), ["content-length", "date"]);
});

Deno.test("a caller gets the backend's date where it has one", async () => {
  const date = "Sun, 06 Nov 1994 08:49:37 GMT";
  const got = await replyTo(rawReply(200, [`Date: ${date}`], `{"ok":1}`));
  assert.deepEqual(got.lines.filter((line) => /^date:/i.test(line)), [`Date: ${date}`]);
});

Deno.test("a caller gets none of the headers of the backend's hop", async () => {
  const hop = ["Connection: close, X-Nominated", "Keep-Alive: timeout=5", "X-Nominated: x"];
  const got = await replyTo(rawReply(200, [...hop, "X-Kept: y"], `{"ok":1}`));
  assert.deepEqual(passedLines(got), ["X-Kept: y"]);
});

for (const size of [0, 2, 100_000, 2_000_000]) {
  Deno.test(`a caller gets ${size} bytes with their Content-Length`, async () => {
    const body = Buffer.alloc(size, "0123456789\n");
    const got = await replyTo(rawReply(200, ["Content-Type: text/plain"], body));
    assert.equal(lineValue(got, "content-length"), String(size));
    assert.equal(lineValue(got, "transfer-encoding"), undefined);
    assert.ok(body.equals(got.body));
    assert.equal(got.ending, "whole");
  });
}

/** Codings of a body, whose bytes must stay as they are; the last one is not what it says. */
const CODED: Readonly<Record<string, Uint8Array>> = {
  gzip: zlib.gzipSync(`{"answer":"${"a".repeat(5000)}"}`),
  br: zlib.brotliCompressSync(`{"answer":"${"a".repeat(5000)}"}`),
  "x-unknown": Buffer.from([0, 1, 2, 254, 255]),
  deflate: Buffer.from("not deflated at all"),
};

for (const [coding, body] of Object.entries(CODED)) {
  for (const status of [200, 400, 503]) {
    Deno.test(`a caller gets the bytes of a ${status} in ${coding} as they are`, async () => {
      const lines = ["Content-Type: application/json", `Content-Encoding: ${coding}`];
      const request = { lines: ["Accept-Encoding: gzip, deflate, br"] };
      const got = await replyTo(rawReply(status, lines, body), request);
      assert.deepEqual(passedLines(got), lines);
      assert.deepEqual(Buffer.from(got.body), Buffer.from(body));
    });
  }
}

Deno.test("a caller who accepts gzip gets plain bytes plain", async () => {
  const body = "text ".repeat(2000);
  const request = { lines: ["Accept-Encoding: gzip, br"] };
  const got = await replyTo(rawReply(200, ["Content-Type: text/plain"], body), request);
  assert.deepEqual(passedLines(got), ["Content-Type: text/plain"]);
  assert.equal(Buffer.from(got.body).toString(), body);
});

for (const status of [204, 205, 304]) {
  Deno.test(`a caller gets a ${status} without a body`, async () => {
    const framing = status === 205 ? "Content-Length: 0\r\n" : "";
    const got = await replyTo(`HTTP/1.1 ${status} X\r\n${framing}ETag: "x"\r\nX-A: 1\r\n\r\n`);
    assert.equal(got.status, status);
    assert.deepEqual(passedLines(got), ['ETag: "x"', "X-A: 1"]);
    assert.deepEqual([got.body.length, got.ending], [0, "whole"]);
  });
}

Deno.test("a caller gets the answer after any interim ones", async () => {
  const interim = "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
  const final = Buffer.from(rawReply(200, ["X-Final: 1"], `{"ok":1}`)).toString("latin1");
  const got = await replyTo(`${interim}${final}`);
  assert.equal(got.status, 200);
  assert.deepEqual(passedLines(got), ["X-Final: 1"]);
  assert.equal(Buffer.from(got.body).toString(), `{"ok":1}`);
});

for (const version of ["1.0", "1.1"]) {
  Deno.test(`a caller gets a reply of HTTP/${version} that ends with its connection`, async () => {
    const got = await replyOf(async ({ write, close }) => {
      await write(`HTTP/${version} 200 OK\r\nX-Old: yes\r\n\r\nall of it`);
      close();
    });
    assert.deepEqual(passedLines(got), ["X-Old: yes"]);
    assert.deepEqual([Buffer.from(got.body).toString(), got.ending], ["all of it", "whole"]);
  });
}

Deno.test("a caller gets an event stream's bytes, whatever is in them", async () => {
  const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0, 0xff, 0x0d, 0x0a, 0x0d, 0x0d, 0x0a, 0x80, 0x3a]);
  const size = bytes.length.toString(16);
  const head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  const end = "\r\n0\r\nX-Trailer: not relayed\r\n\r\n";
  const got = await replyTo(
    Buffer.concat([Buffer.from(`${head}${size};ext=1\r\n`), bytes, Buffer.from(end)]),
  );
  assert.deepEqual(Buffer.from(got.body), bytes);
  assert.equal(got.ending, "whole");
});

for (const framing of ["Transfer-Encoding: chunked", "Content-Length: 2"]) {
  Deno.test(`a caller gets a reply that announces trailers with ${framing}`, async () => {
    const body = framing.includes("chunked") ? "2\r\n{}\r\n0\r\nX-Sum: 1\r\n\r\n" : "{}";
    const got = await replyTo(`HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\n${framing}\r\n\r\n${body}`);
    assert.deepEqual([Buffer.from(got.body).toString(), got.ending], ["{}", "whole"]);
    assert.deepEqual(passedLines(got), []);
  });
}
