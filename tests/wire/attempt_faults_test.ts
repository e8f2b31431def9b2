import assert from "node:assert/strict";
import type { FaultCode } from "../../lib/wire/outcome.ts";
import { CLOSED_PORT, reply, startPeer, startReplier } from "../peer.ts";
import { startRawPeer, startTrial } from "./trial.ts";

const OK = reply(200, "{}");

/** What came of an attempt that the peer answers with exactly these bytes. */
async function onBytes(bytes: string | Uint8Array) {
  await using peer = await startReplier(bytes);
  await using trial = startTrial(peer.url);
  const outcome = await trial.send();
  if (outcome.kind === "reply") outcome.body.discard();
  return outcome;
}

async function codeOn(bytes: string | Uint8Array): Promise<FaultCode | number> {
  const outcome = await onBytes(bytes);
  return outcome.kind === "fault" ? outcome.code : outcome.status;
}

/** What came of an attempt whose peer ends the connection like this, after these bytes. */
async function codeOnEnd(end: "close" | "reset", bytes: string) {
  await using peer = await startPeer(async (exchange) => {
    if (bytes !== "") await exchange.write(bytes);
    exchange[end]();
  });
  await using trial = startTrial(peer.url);
  const { code } = await trial.fault();
  return { code, requests: peer.requests.length };
}

Deno.test("attempt() passes a 100 that nobody asked for over (F019)", async () => {
  const bytes = `HTTP/1.1 100 Continue\r\n\r\n${new TextDecoder().decode(OK)}`;
  assert.equal(await codeOn(bytes), 200);
});

Deno.test("attempt() takes no switch of protocols that nobody asked for (F020)", async () => {
  const head = "HTTP/1.1 101 Switching\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n";
  assert.equal(await codeOn(head), "invalid_reply");
});

Deno.test("attempt() takes a status that HTTP does not have for no reply", async () => {
  for (const status of [600, 799, 999]) assert.equal(await codeOn(reply(status)), "invalid_reply");
});

Deno.test("attempt() takes garbage for no reply (F010)", async () => {
  const garbage = [
    "SSH-2.0-OpenSSH_9.2\r\n",
    "HTTP/9.9 200 OK\r\n\r\n",
    "{}\n",
    "\x16\x03\x01\x02",
  ];
  for (const bytes of garbage) assert.equal(await codeOn(bytes), "invalid_reply", bytes);
});

Deno.test("attempt() takes a malformed head for no reply (F024)", async () => {
  const lines = ["a b: c", "name : x", "x: a\0b", ": empty", "x: a\rb"];
  for (const line of lines) {
    assert.equal(await codeOn(`HTTP/1.1 200 OK\r\n${line}\r\n\r\n`), "invalid_reply", line);
  }
});

Deno.test("attempt() takes contradicting lengths for no reply (F027)", async () => {
  const heads = [
    "content-length: 2\r\ncontent-length: 3",
    "content-length: 2\r\ntransfer-encoding: chunked",
    "content-length: x",
  ];
  for (const head of heads) {
    assert.equal(await codeOn(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n{}`), "invalid_reply", head);
  }
});

Deno.test("attempt() takes a body in an unknown transfer coding for no reply (F029)", async () => {
  for (const coding of ["gzip, chunked", "gzip", "chunked\r\ntransfer-encoding: gzip"]) {
    const head = `HTTP/1.1 200 OK\r\ntransfer-encoding: ${coding}\r\n\r\n0\r\n\r\n`;
    assert.equal(await codeOn(head), "invalid_reply", coding);
  }
});

Deno.test("attempt() takes a head up to 64 KiB, and no larger one (F023)", async () => {
  const withHeader = (length: number) => reply(200, "{}", { "x-long": "x".repeat(length) });
  assert.equal(await codeOn(withHeader(60_000)), 200);
  assert.equal(await codeOn(withHeader(70_000)), "invalid_reply");
});

Deno.test("attempt() tells a refused connection (F005)", async () => {
  await using trial = startTrial(`http://127.0.0.1:${CLOSED_PORT}`);
  const { code, detail } = await trial.fault();
  assert.equal(code, "connect_failed");
  assert.match(detail, /ECONNREFUSED/);
});

Deno.test("attempt() tells a name that does not resolve (F001)", async () => {
  await using trial = startTrial("http://no-such-host.invalid");
  assert.equal((await trial.fault()).code, "connect_failed");
});

Deno.test("attempt() tells plain text where TLS should be (F010)", async () => {
  await using peer = await startRawPeer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await using trial = startTrial(`https://${peer.address}`);
  assert.equal((await trial.fault()).code, "connect_failed");
});

Deno.test("attempt() ends a TLS handshake that stalls in connect_seconds (F009)", async () => {
  await using peer = await startRawPeer(() => {});
  await using trial = startTrial(`https://${peer.address}`, { connectMs: 20 });
  assert.equal((await trial.fault()).code, "connect_timeout");
});

Deno.test("attempt() tells a connection closed or reset before the head (F007, F012, F014)", async () => {
  for (const end of ["close", "reset"] as const) {
    assert.deepEqual(await codeOnEnd(end, ""), { code: "connection_lost", requests: 1 });
  }
});

Deno.test("attempt() passes half a head on to nobody (F015)", async () => {
  for (const bytes of ["HTTP/1.1 2", "HTTP/1.1 200 OK\r\ncontent-le"]) {
    for (const end of ["close", "reset"] as const) {
      assert.equal((await codeOnEnd(end, bytes)).code, "connection_lost", bytes);
    }
  }
});

Deno.test("attempt() ends its wait for the head in first_byte_seconds (F016)", async () => {
  const hung = Promise.withResolvers<void>();
  await using peer = await startPeer(async ({ gone }) => {
    await gone;
    hung.resolve();
  });
  await using trial = startTrial(peer.url, { firstByteMs: 20 });
  assert.equal((await trial.fault()).code, "first_byte_timeout");
  await hung.promise;
});

Deno.test("attempt() has a time-out of its own for the head of a stream", async () => {
  await using peer = await startPeer(() => {});
  await using trial = startTrial(peer.url, { firstByteStreamedMs: 20 });
  assert.equal((await trial.fault({ streamed: true })).code, "first_byte_timeout");
});

Deno.test("attempt() tells a request that nobody could send", async () => {
  await using peer = await startReplier(OK);
  await using trial = startTrial(peer.url);
  const { code } = await trial.fault({ headers: [["bad name", "x"]] });
  assert.equal(code, "request_refused");
  assert.equal(peer.requests.length, 0);
});
