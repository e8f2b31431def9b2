import assert from "node:assert/strict";
import { HeldBody, type Tap } from "../../lib/wire/held_body.ts";
import type { RawHeaders } from "../../lib/wire/headers.ts";
import { PASSED } from "../../lib/wire/inspection.ts";
import type { Reply } from "../../lib/wire/outcome.ts";
import { type Ending, relay } from "../../lib/wire/relay.ts";
import { chunk, reply, startPeer, startReplier, STREAM_HEAD } from "../peer.ts";
import { nextTurn, NO_TUNNEL, relayed, startTrial } from "./trial.ts";

const NO_BACKEND: Tap = { pause() {}, resume() {}, abort() {} };

/** A reply whose body goes on until it is told to end. */
function openReply(
  { status = 200, headers = [], tap = NO_BACKEND }: {
    readonly status?: number;
    readonly headers?: RawHeaders;
    readonly tap?: Tap;
  } = {},
): Reply {
  const body = new HeldBody(tap, { holdBytes: 10 });
  return {
    kind: "reply",
    status,
    headers,
    body,
    errorText: "",
    inspection: PASSED,
    gate: undefined,
    connection: undefined,
  };
}

function push({ body }: Reply, text: string): void {
  body.push(new TextEncoder().encode(text));
}

Deno.test("relay() gives status, headers and a body that has come whole", async () => {
  const whole = openReply({
    status: 418,
    headers: [["X-Request-Id", "r"], ["Connection", "close"]],
  });
  push(whole, "short and stout");
  whole.body.finish({ kind: "complete" });
  const { response, endings, seenBytes } = relayed(whole);
  assert.equal(response.status, 418);
  assert.deepEqual([...response.headers], [["x-request-id", "r"]]);
  assert.equal(await response.text(), "short and stout");
  assert.deepEqual(endings, [{ kind: "complete", bytes: 15, detail: "" }]);
  assert.equal(seenBytes(), 15);
});

Deno.test("relay() lets go of a body that it gives whole: its record may wait for long", async () => {
  const whole = openReply();
  push(whole, "short");
  whole.body.finish({ kind: "complete" });
  const { response } = relayed(whole);
  assert.equal(await response.text(), "short");
  assert.deepEqual([whole.body.heldBytes, whole.body.end], [0, { kind: "complete" }]);
});

Deno.test("relay() passes each chunk on as it comes", async () => {
  const open = openReply();
  const { response, endings } = relayed(open);
  const reader = response.body!.getReader();
  for (const text of ["data: 1\n\n", "data: 2\n\n"]) {
    push(open, text);
    assert.equal(new TextDecoder().decode((await reader.read()).value), text);
    assert.deepEqual(endings, []);
  }
  open.body.finish({ kind: "complete" });
  assert.equal((await reader.read()).done, true);
  assert.deepEqual(endings, [{ kind: "complete", bytes: 18, detail: "" }]);
});

Deno.test("relay() errors the caller's stream where the backend's was cut", async () => {
  const open = openReply();
  const { response, endings } = relayed(open);
  push(open, "half");
  open.body.finish({ kind: "cut", detail: "ECONNRESET" });
  await assert.rejects(response.text(), /broke off: ECONNRESET/);
  assert.deepEqual(endings, [{ kind: "cut", bytes: 4, detail: "ECONNRESET" }]);
});

Deno.test("relay() errors a body that was cut before it was relayed", async () => {
  const cut = openReply();
  push(cut, "half");
  cut.body.finish({ kind: "cut", detail: "ECONNRESET" });
  await assert.rejects(relayed(cut).response.text(), /broke off/);
});

Deno.test("relay() aborts the backend when the caller leaves", async () => {
  const aborted: string[] = [];
  const open = openReply({ tap: { ...NO_BACKEND, abort: () => void aborted.push("abort") } });
  const { response, endings } = relayed(open);
  push(open, "some");
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel();
  assert.deepEqual(aborted, ["abort"]);
  assert.deepEqual(endings, [{ kind: "caller_left", bytes: 4, detail: "the caller went away" }]);
});

Deno.test("relay() reports one ending when the caller leaves a silent backend", async () => {
  const { response, endings } = relayed(openReply());
  const reader = response.body!.getReader();
  const reading = reader.read();
  await nextTurn();
  await reader.cancel();
  await reading;
  await nextTurn();
  assert.deepEqual(endings.map(({ kind }) => kind), ["caller_left"]);
});

Deno.test("relay() reports the cut alone when its caller's connection ends with it", async () => {
  const endings: Ending[] = [];
  const cut = openReply();
  const onEnd = (ending: Ending) => void endings.push(ending);
  const rest = { ...NO_TUNNEL, method: "POST", errorEvent: undefined };
  const { body } = relay(cut, { ...rest, onChunk: () => {}, onEnd });
  assert.ok(!(body instanceof Uint8Array));
  cut.body.finish({ kind: "cut", detail: "ECONNRESET" });
  await assert.rejects(async () => await body.read(), /broke off/);
  body.cancel();
  assert.deepEqual(endings.map(({ kind }) => kind), ["cut"]);
});

Deno.test("relay() gives a HEAD its headers and no body (F077)", async () => {
  await using peer = await startReplier("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n");
  await using trial = startTrial(peer.url);
  const head = await trial.reply({ method: "HEAD", body: new Uint8Array() });
  const { response, endings } = relayed(head, "HEAD");
  assert.equal(response.body, null);
  assert.equal(response.headers.get("content-length"), "99");
  assert.deepEqual(endings, [{ kind: "complete", bytes: 0, detail: "" }]);
});

Deno.test("relay() gives 204 and 304 no body, and their connection serves again (F077)", async () => {
  for (const status of [204, 304]) {
    await using peer = await startReplier(`HTTP/1.1 ${status} X\r\netag: "e"\r\n\r\n`);
    await using trial = startTrial(peer.url);
    for (let request = 0; request < 2; request++) {
      const { response, endings } = relayed(await trial.reply());
      assert.equal(response.status, status);
      assert.equal(response.body, null);
      assert.equal(response.headers.get("etag"), `"e"`);
      assert.deepEqual(endings, [{ kind: "complete", bytes: 0, detail: "" }]);
      await nextTurn();
    }
    assert.equal(peer.connections, 1);
  }
});

Deno.test("relay() passes a body on byte for byte, in the backend's own coding", async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  await using peer = await startReplier(reply(200, bytes, { "content-encoding": "br" }));
  await using trial = startTrial(peer.url);
  const { response } = relayed(await trial.reply());
  assert.equal(response.headers.get("content-encoding"), "br");
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), bytes);
});

/** How a body fared that the peer sends like this and then ends its connection. */
async function cutBody(head: string, body: string, end: "close" | "reset") {
  await using peer = await startPeer(async (exchange) => {
    await exchange.write(head + body);
    exchange[end]();
  });
  await using trial = startTrial(peer.url);
  const { response, ended } = relayed(await trial.reply());
  await assert.rejects(response.text());
  return await ended;
}

const LENGTH_10 = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n";

Deno.test("relay() cuts a body short of its length (F055)", async () => {
  const { kind, bytes } = await cutBody(LENGTH_10, "short", "close");
  assert.deepEqual([kind, bytes], ["cut", 5]);
});

Deno.test("relay() cuts a chunked body without its last chunk (F056)", async () => {
  const { kind, bytes } = await cutBody(STREAM_HEAD, chunk("data: 1\n\n"), "close");
  assert.deepEqual([kind, bytes], ["cut", 9]);
});

Deno.test("relay() cuts a body at a bad chunk size (F057)", async () => {
  const { kind, bytes } = await cutBody(STREAM_HEAD, `${chunk("data: 1\n\n")}zz\r\n`, "close");
  assert.deepEqual([kind, bytes], ["cut", 9]);
});

Deno.test("relay() cuts a body at a reset, and says at which byte (F058)", async () => {
  await using peer = await startPeer(async ({ write, reset, gone }) => {
    await write(STREAM_HEAD + chunk("data: 1\n\n"));
    await passed.promise;
    reset();
    await gone;
  });
  const passed = Promise.withResolvers<void>();
  await using trial = startTrial(peer.url);
  const { response, ended } = relayed(await trial.reply());
  const reader = response.body!.getReader();
  await reader.read();
  passed.resolve();
  await assert.rejects(reader.read());
  const { kind, bytes, detail } = await ended;
  assert.deepEqual([kind, bytes], ["cut", 9]);
  assert.match(detail, /ECONNRESET|other side closed/);
});

Deno.test("relay() drops what comes after a body's length, and the connection with it (F059)", async () => {
  await using peer = await startReplier(`${LENGTH_10}0123456789extra`);
  await using trial = startTrial(peer.url);
  for (let request = 0; request < 2; request++) {
    const { response } = relayed(await trial.reply());
    assert.equal(await response.text(), "0123456789");
  }
  assert.equal(peer.connections, 2);
});

Deno.test("relay() ends a body without length or chunks where its connection ends (F028)", async () => {
  await using peer = await startPeer(async ({ write, close }) => {
    await write("HTTP/1.0 200 OK\r\n\r\nuntil the end");
    close();
  });
  await using trial = startTrial(peer.url);
  const { response, endings } = relayed(await trial.reply());
  assert.equal(await response.text(), "until the end");
  assert.deepEqual(endings.map(({ kind }) => kind), ["complete"]);
});

Deno.test("relay() cuts a body that falls silent for idle_seconds (F060)", async () => {
  await using peer = await startPeer(({ write }) => write(STREAM_HEAD + chunk("data: 1\n\n")));
  await using trial = startTrial(peer.url, { idleMs: 20 });
  const { response, ended } = relayed(await trial.reply());
  await assert.rejects(response.text());
  const { kind, bytes, detail } = await ended;
  assert.deepEqual([kind, bytes], ["cut", 9]);
  assert.match(detail, /^silent for 0\.02 s$/);
});

Deno.test("relay() ends the backend's connection when the caller leaves (F072)", async () => {
  const gone = Promise.withResolvers<void>();
  await using peer = await startPeer(async (exchange) => {
    await exchange.write(STREAM_HEAD + chunk("data: 1\n\n"));
    await exchange.gone;
    gone.resolve();
  });
  await using trial = startTrial(peer.url);
  const { response, endings } = relayed(await trial.reply());
  const reader = response.body!.getReader();
  await reader.read();
  const reading = reader.read();
  await nextTurn();
  await reader.cancel();
  await Promise.all([gone.promise, reading]);
  await nextTurn();
  assert.deepEqual(endings.map(({ kind, bytes }) => [kind, bytes]), [["caller_left", 9]]);
});

const MIB = 1024 * 1024;
const BIG_MIB = 64;

Deno.test("relay() stops a backend whose caller does not read, and loses no byte (F070)", async () => {
  let acceptedMib = 0;
  await using peer = await startPeer(async ({ write }) => {
    await write(`HTTP/1.1 200 OK\r\ncontent-length: ${BIG_MIB * MIB}\r\n\r\n`);
    const piece = new Uint8Array(MIB);
    for (let sent = 0; sent < BIG_MIB; sent++) {
      await write(piece.fill(sent));
      acceptedMib++;
    }
  });
  await using trial = startTrial(peer.url);
  const open = await trial.reply();
  const { response } = relayed(open);
  const reader = response.body!.getReader();
  const first = (await reader.read()).value!;
  await quiet(() => acceptedMib);
  // What is missing stands in the kernel's buffers, a few MiB on each side.
  assert.ok(acceptedMib < BIG_MIB / 2, `the peer got rid of ${acceptedMib} MiB`);
  assert.ok(open.body.heldBytes <= 3 * MIB, `${open.body.heldBytes} bytes are held`);
  let got = first.length;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    assert.equal(next.value[0], Math.floor(got / MIB));
    got += next.value.length;
  }
  assert.equal(got, BIG_MIB * MIB);
});

/** Resolves once a count has stood still for a while: that nothing happens is no event. */
async function quiet(count: () => number): Promise<void> {
  for (let before = -1; before !== count();) {
    before = count();
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
