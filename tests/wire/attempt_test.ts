import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { chunk, reply, startPeer, startReplier, STREAM_HEAD } from "../peer.ts";
import { nextTurn, relayed, startRawPeer, startTrial } from "./trial.ts";

const OK = reply(200, "{}");
const MIB = 1024 * 1024;

Deno.test("attempt() sends method, target, headers and body, and adds only what the hop needs", async () => {
  await using peer = await startReplier(OK);
  await using trial = startTrial(peer.url);
  const headers = [["x-one", "1"], ["accept-encoding", "br"], ["x-one", "2"]] as const;
  const body = new TextEncoder().encode(`{"a":"é"}`);
  await trial.reply({ target: "/v1/x?y=%20z", headers, body });
  const [seen] = peer.requests;
  assert.equal(
    seen?.head.toLowerCase(),
    [
      "post /v1/x?y=%20z http/1.1",
      `host: ${new URL(peer.url).host}`,
      "connection: keep-alive",
      "x-one: 1",
      "accept-encoding: br",
      "x-one: 2",
      "content-length: 10",
    ].join("\r\n"),
  );
  assert.deepEqual(seen?.body, body);
});

Deno.test("attempt() gives status and headers as the backend sent them (F025, F026, F029)", async () => {
  const lines = [
    "Set-Cookie: b=2",
    "X-Name: caf\u00e9",
    "set-cookie: a=1",
    "__proto__: polluted",
    "constructor: polluted",
    "Content-Length: 0",
  ];
  const head = `HTTP/1.1 404 Who Knows\r\n${lines.join("\r\n")}\r\n\r\n`;
  await using peer = await startReplier(Uint8Array.from(head, (letter) => letter.charCodeAt(0)));
  await using trial = startTrial(peer.url);
  const { status, headers } = await trial.reply();
  assert.equal(status, 404);
  assert.deepEqual(headers.map((pair) => pair.join(": ")), lines);
  assert.deepEqual(Object.keys(Object.prototype), []);
});

Deno.test("attempt() resolves with the head while the body goes on", async () => {
  await using peer = await startPeer(({ write }) => write(STREAM_HEAD));
  await using trial = startTrial(peer.url);
  const open = await trial.reply();
  assert.equal(open.body.end, undefined);
  open.body.discard();
});

Deno.test("attempt() never follows a redirect (F021)", async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    await using peer = await startReplier(reply(status, "", { location: "/elsewhere" }));
    await using trial = startTrial(peer.url);
    const { headers } = await trial.reply();
    assert.deepEqual(headers.find(([name]) => name === "location"), ["location", "/elsewhere"]);
    assert.equal(peer.requests.length, 1);
  }
});

Deno.test("attempt() keeps a connection for the next request", async () => {
  await using peer = await startReplier(OK);
  await using trial = startTrial(peer.url);
  for (let request = 0; request < 3; request++) {
    await trial.reply();
    await nextTurn();
  }
  assert.equal(peer.connections, 1);
});

Deno.test("attempt() takes interim responses for nothing (F018)", async () => {
  const interim = "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
  await using peer = await startReplier(interim + new TextDecoder().decode(OK));
  await using trial = startTrial(peer.url);
  const { status, headers, body } = await trial.reply();
  assert.equal(status, 200);
  assert.equal(headers.some(([name]) => name === "link"), false);
  assert.equal(new TextDecoder().decode(body.peek()), "{}");
});

Deno.test("attempt() gives an answer that came before the request was sent whole (F022)", async () => {
  await using peer = await startRawPeer((socket) => {
    socket.once("data", () => socket.write(reply(413, "{}", { connection: "close" })));
  });
  await using trial = startTrial(`http://${peer.address}`);
  const { status, errorText } = await trial.reply({ body: new Uint8Array(8 * MIB) });
  assert.deepEqual([status, errorText], [413, "{}"]);
});

Deno.test("attempt() holds an error body whole, and its text", async () => {
  await using peer = await startPeer(async ({ write }) => {
    await write("HTTP/1.1 429 X\r\ntransfer-encoding: chunked\r\n\r\n");
    await write(chunk(`{"error":`));
    await nextTurn();
    await write(chunk(`"slow"}`) + chunk(""));
  });
  await using trial = startTrial(peer.url);
  const { body, errorText } = await trial.reply();
  assert.equal(errorText, `{"error":"slow"}`);
  assert.deepEqual(body.end, { kind: "complete" });
});

Deno.test("attempt() decodes a copy of an error body and leaves its bytes (F045)", async () => {
  const bytes = new Uint8Array(gzipSync(`{"error":"slow"}`));
  await using peer = await startReplier(reply(429, bytes, { "content-encoding": "gzip" }));
  await using trial = startTrial(peer.url);
  const limited = await trial.reply();
  assert.equal(limited.errorText, `{"error":"slow"}`);
  assert.deepEqual(new Uint8Array(limited.body.peek()), bytes);
});

Deno.test("attempt() has no text of an error body under a wrong label (F046)", async () => {
  await using peer = await startReplier(reply(429, "plain", { "content-encoding": "gzip" }));
  await using trial = startTrial(peer.url);
  const mislabelled = await trial.reply();
  assert.equal(mislabelled.errorText, "");
  assert.equal(new TextDecoder().decode(mislabelled.body.peek()), "plain");
});

Deno.test("attempt() decodes 64 KiB of an error body at most (F046)", async () => {
  const bomb = new Uint8Array(gzipSync(new Uint8Array(64 * MIB)));
  await using peer = await startReplier(reply(503, bomb, { "content-encoding": "gzip" }));
  await using trial = startTrial(peer.url);
  assert.equal((await trial.reply()).errorText.length, 64 * 1024);
});

Deno.test("attempt() judges by the first MiB of a larger error body, which is relayed whole", async () => {
  const bytes = new Uint8Array(3 * MIB).fill(0x61);
  bytes.fill(0x62, 2 * MIB);
  await using peer = await startReplier(reply(503, bytes));
  await using trial = startTrial(peer.url);
  const large = await trial.reply();
  assert.equal(large.body.end, undefined);
  const { response, ended } = relayed(large);
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), bytes);
  assert.equal((await ended).kind, "complete");
});

Deno.test("attempt() gives an error reply although its body was cut", async () => {
  await using peer = await startPeer(async ({ write, close }) => {
    await write("HTTP/1.1 503 X\r\ncontent-length: 100\r\n\r\nhalf");
    close();
  });
  await using trial = startTrial(peer.url);
  const { status, errorText, body } = await trial.reply();
  assert.deepEqual([status, errorText, body.end?.kind], [503, "half", "cut"]);
});
