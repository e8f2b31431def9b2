/** A 2xx of an inference call, looked at before anything of it goes to the caller. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { openaiChat } from "../../lib/dialect/openai_chat.ts";
import type { Expectation } from "../../lib/wire/examination.ts";
import { NO_READING } from "../../lib/wire/reading.ts";
import {
  chunk,
  type Exchange,
  rawReply,
  reply,
  startPeer,
  startReplier,
  STREAM_HEAD,
} from "../peer.ts";
import { CONTENT, DONE, ERROR, ROLE } from "./streams.ts";
import { relayed, type Sent, startTrial } from "./trial.ts";

const EXPECTS: Expectation = { events: openaiChat, kind: "inference", hold: true };
const CALL: Sent = { expects: EXPECTS };
const STREAMED: Sent = { expects: EXPECTS, streamed: true };
const FAILURE = `{"error":{"message":"Overloaded"}}`;

/** What a look at these bytes showed. */
async function shown(bytes: string | Uint8Array, sent: Sent = CALL): Promise<string> {
  await using peer = await startReplier(bytes);
  await using trial = startTrial(peer.url);
  const { inspection, body } = await trial.reply(sent);
  body.discard();
  return inspection.kind;
}

/** A reply of 200 with these bytes under this Content-Type. */
function typed(contentType: string, body: string): Uint8Array {
  return reply(200, body, { "content-type": contentType });
}

Deno.test("attempt() looks at a 2xx of an inference call, and gives the error it reports", async () => {
  await using peer = await startReplier(reply(200, FAILURE));
  await using trial = startTrial(peer.url);
  const failed = await trial.reply(CALL);
  assert.deepEqual([failed.inspection.kind, failed.errorText], ["error_body", FAILURE]);
  assert.equal(await relayed(failed).response.text(), FAILURE);
});

Deno.test("attempt() looks at no reply of another call", async () => {
  assert.equal(await shown(reply(200, FAILURE), {}), "passed");
  assert.equal(await shown(typed("application/json", "<html>"), {}), "passed");
});

Deno.test("attempt() looks at no redirect and no reply that has no body", async () => {
  assert.equal(await shown(reply(302, "<html>")), "passed");
  assert.equal(await shown("HTTP/1.1 204 X\r\n\r\n"), "passed");
  const head = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n";
  assert.equal(await shown(head, { ...CALL, method: "HEAD", body: new Uint8Array() }), "passed");
});

Deno.test("attempt() looks at an empty 200, which promised JSON", async () => {
  assert.equal(await shown(reply(200, "")), "wrong_kind");
  assert.equal(await shown(rawReply(200, [])), "wrong_kind");
  assert.equal(await shown(rawReply(200, []), STREAMED), "wrong_kind");
});

Deno.test("attempt() looks at no sound or picture, unless a stream was asked for", async () => {
  for (const type of ["audio/mpeg", "image/png", "application/octet-stream"]) {
    assert.equal(await shown(typed(type, "ID3")), "passed", type);
    assert.equal(await shown(typed(type, "ID3"), STREAMED), "wrong_kind", type);
  }
});

Deno.test("attempt() tells a page by its bytes, whatever the call and the label", async () => {
  for (const sent of [CALL, STREAMED]) {
    for (const type of ["text/html", "application/json", "text/event-stream"]) {
      assert.equal(await shown(typed(type, "<html>busy</html>"), sent), "wrong_kind", type);
    }
  }
});

Deno.test("attempt() holds a stream until its content, and has the end judged", async () => {
  const seen = Promise.withResolvers<void>();
  await using peer = await startPeer(async ({ write }) => {
    await write(STREAM_HEAD + chunk(ROLE) + chunk(CONTENT));
    await seen.promise;
    await write(chunk(""));
  });
  await using trial = startTrial(peer.url);
  const streamed = await trial.reply(STREAMED);
  assert.equal(streamed.inspection.kind, "passed");
  assert.ok(streamed.gate !== undefined);
  const { response, ended } = relayed(streamed);
  const text = response.text();
  seen.resolve();
  await assert.rejects(text);
  const { kind, detail } = await ended;
  assert.deepEqual([kind, detail], ["cut", "the stream ended without a terminal event"]);
});

Deno.test("attempt() passes a held stream on byte for byte", async () => {
  const text = ROLE + CONTENT + DONE;
  await using peer = await startReplier(STREAM_HEAD + chunk(text) + chunk(""));
  await using trial = startTrial(peer.url);
  const { response, ended } = relayed(await trial.reply(STREAMED));
  assert.equal(await response.text(), text);
  assert.equal((await ended).kind, "complete");
});

Deno.test("attempt() tells JSON that was cut while it was held", async () => {
  const chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
  const announced = `HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n${FAILURE}`;
  for (const start of [announced, chunked + chunk("{}"), `${chunked}${chunk("{}")}zz\r\n`]) {
    await using peer = await startPeer(async ({ write, close }) => {
      await write(start);
      close();
    });
    await using trial = startTrial(peer.url);
    assert.equal((await trial.reply(CALL)).inspection.kind, "cut_short");
  }
});

/** Ways in which a backend breaks off what it has begun to send. */
const CUTS: Readonly<Record<string, (exchange: Exchange) => unknown>> = {
  "closes its connection": ({ close }) => close(),
  "resets its connection": ({ reset }) => reset(),
};

for (const [how, cut] of Object.entries(CUTS)) {
  Deno.test(`attempt() tells a stream whose backend ${how} while it is held`, async () => {
    const seen = Promise.withResolvers<void>();
    await using peer = await startPeer(async (exchange) => {
      await exchange.write(STREAM_HEAD + chunk(ROLE));
      await seen.promise;
      cut(exchange);
    });
    await using trial = startTrial(peer.url);
    const reading = { ...NO_READING, onEvent: () => seen.resolve() };
    const { inspection } = await trial.reply({ ...STREAMED, reading });
    assert.equal(inspection.kind, "ended_early");
  });
}

Deno.test("attempt() gives a call and a streamed call a first_content_seconds each", async () => {
  await using peer = await startReplier(STREAM_HEAD + chunk("\n"));
  const limits = { firstContentMs: 30, firstContentStreamedMs: 20 };
  await using trial = startTrial(peer.url, limits);
  for (const [sent, waitedMs] of [[CALL, 30], [STREAMED, 20]] as const) {
    const { inspection, body } = await trial.reply(sent);
    assert.deepEqual(inspection, { kind: "no_content", waitedMs });
    body.discard();
  }
});

Deno.test("attempt() ends the connection when the caller leaves a held reply (F072)", async () => {
  for (const [start, sent] of [[chunk(ROLE), STREAMED], [chunk("{"), CALL]] as const) {
    const caller = new AbortController();
    const gone = Promise.withResolvers<void>();
    await using peer = await startPeer(async (exchange) => {
      await exchange.write(STREAM_HEAD + start);
      caller.abort();
      await exchange.gone;
      gone.resolve();
    });
    await using trial = startTrial(peer.url);
    assert.equal((await trial.fault({ ...sent, signal: caller.signal })).code, "caller_left");
    await gone.promise;
  }
});

Deno.test("attempt() leaves no listener on the signal of a caller whose reply was held", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
    listeners++;
    addEventListener.apply(signal, given);
  };
  signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
    listeners--;
    removeEventListener.apply(signal, given);
  };
  for (const bytes of [reply(200, `{"ok":1}`), STREAM_HEAD + chunk(ERROR)]) {
    await using peer = await startReplier(bytes);
    await using trial = startTrial(peer.url);
    const { body } = await trial.reply({ ...STREAMED, signal });
    assert.equal(listeners, 0);
    body.discard();
  }
});

Deno.test("attempt() reads a compressed 200, and takes identity for no coding", async () => {
  const gzip = { "content-encoding": "GZip" };
  assert.equal(await shown(reply(200, new Uint8Array(gzipSync(FAILURE)), gzip)), "error_body");
  assert.equal(await shown(reply(200, FAILURE, { "content-encoding": "identity" })), "error_body");
});

Deno.test("attempt() tells of a stored object's description, and of nothing else it need not hold", async () => {
  const told: string[] = [];
  const onJson = (body: Uint8Array) => void told.push(new TextDecoder().decode(body));
  const reading = { ...NO_READING, onJson, wantsReply: true };
  const bodies: readonly Uint8Array[] = [
    reply(200, `{"id":"file-1"}`),
    reply(404, `{"id":"file-2"}`),
    typed("text/plain", `{"id":"file-3"}`),
    reply(200, `"${"x".repeat(70 * 1024)}"`),
  ];
  for (const bytes of bodies) {
    await using peer = await startReplier(bytes);
    await using trial = startTrial(peer.url);
    const { response } = relayed(await trial.reply({ reading }));
    await response.arrayBuffer();
  }
  assert.deepEqual(told, [`{"id":"file-1"}`]);
});

Deno.test("attempt() tells when a head has come, and then when content has", async () => {
  const told: string[] = [];
  const reading = {
    ...NO_READING,
    onHead: () => void told.push("head"),
    onContent: () => void told.push("content"),
  };
  for (const answer of [STREAM_HEAD + chunk(ROLE + CONTENT + DONE) + chunk(""), reply(503)]) {
    await using peer = await startReplier(answer);
    await using trial = startTrial(peer.url);
    (await trial.reply({ ...STREAMED, reading })).body.discard();
  }
  assert.deepEqual(told, ["head", "content", "head"]);
});
