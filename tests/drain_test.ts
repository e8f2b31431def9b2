import assert from "node:assert/strict";
import { GeneralLog } from "../lib/record/general_log.ts";
import { startServer } from "../lib/server.ts";
import { systemClock } from "../lib/state/clock.ts";
import { createState } from "../lib/state/state.ts";
import { callRaw, connectTo, requestBytes, textOf } from "./caller.ts";
import { chain } from "./chain.ts";
import {
  chunk,
  CONTENT,
  DONE,
  type Peer,
  reply,
  startPeer,
  startReplier,
  STREAM_HEAD,
} from "./peer.ts";
import { startProxy } from "./proxy.ts";
import { snapshotOf } from "./routing.ts";

const CALL = requestBytes({ body: `{"model":"chat","stream":true}` });

/** A backend that sends one event, and the next and the end when it is let. */
function startTwoEvents(release: Promise<void>): Promise<Peer> {
  return startPeer(async ({ write }) => {
    await write(STREAM_HEAD + chunk(CONTENT));
    await release;
    await write(chunk(DONE) + chunk(""));
  });
}

Deno.test("drain() lets a stream in flight end, with its record", async () => {
  const release = Promise.withResolvers<void>();
  await using backend = await startTwoEvents(release.promise);
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await connectTo(proxy.url);
  await caller.send(CALL);
  await caller.until(CONTENT);
  const drained = proxy.drain(30);
  release.resolve();
  const got = await caller.reply();
  assert.deepEqual([textOf(got), got.ending], [CONTENT + DONE, "whole"]);
  await drained;
  const [log = ""] = await proxy.logs();
  assert.match(log, /^== ending\ncomplete after 75 bytes/m);
});

Deno.test("drain() lets a request end whose backend has not answered yet", async () => {
  const release = Promise.withResolvers<void>();
  await using backend = await startPeer(async ({ write }) => {
    await release.promise;
    await write(reply(200, `{"late":true}`));
  });
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await connectTo(proxy.url);
  await caller.send(CALL);
  await backend.seen(0);
  const drained = proxy.drain(30);
  release.resolve();
  assert.equal(textOf(await caller.reply()), `{"late":true}`);
  await drained;
});

Deno.test("drain() refuses new connections from its start", async () => {
  const release = Promise.withResolvers<void>();
  await using backend = await startTwoEvents(release.promise);
  await using proxy = await startProxy(chain({ backend }), { ledger: false });
  await using caller = await connectTo(proxy.url);
  await caller.send(CALL);
  await caller.until(CONTENT);
  const drained = proxy.drain(30);
  await assert.rejects(connectTo(proxy.url), /ECONNREFUSED/);
  release.resolve();
  await drained;
});

Deno.test("drain() cuts what has not ended in its time, and records the cut", async () => {
  const gone = Promise.withResolvers<void>();
  await using backend = await startPeer(async (exchange) => {
    exchange.gone.then(gone.resolve);
    await exchange.write(STREAM_HEAD + chunk(CONTENT));
  });
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await connectTo(proxy.url);
  await caller.send(CALL);
  await caller.until(CONTENT);
  await proxy.drain(0.1);
  const got = await caller.reply();
  assert.deepEqual([textOf(got), got.ending], [CONTENT, "cut"]);
  await gone.promise;
  const [log = ""] = await proxy.logs();
  assert.match(log, /^== ending\ncut after 61 bytes, .*\(the proxy was stopped\)$/m);
});

Deno.test("drain() leaves no connection open to a caller who never sends its whole body", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await connectTo(proxy.url);
  const head = "Host: a\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n";
  await caller.send(`POST /v1/x HTTP/1.1\r\n${head}`);
  await caller.until("100 Continue");
  await caller.send("{");
  await proxy.drain(0.1);
  await caller.closed;
});

Deno.test("drain() resolves at once when nothing is in flight", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ backend }));
  await callRaw(proxy.url, { body: `{"model":"chat"}` });
  const startedAtMs = performance.now();
  await proxy.drain(30);
  assert.ok(performance.now() - startedAtMs < 1000);
});

Deno.test("drain() does not wait for callers who keep an idle connection", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await connectTo(proxy.url);
  await caller.send(CALL);
  await caller.reply();
  const startedAtMs = performance.now();
  await proxy.drain(30);
  assert.ok(performance.now() - startedAtMs < 1000);
  await caller.closed;
});

Deno.test("drain() does not wait for a connection on which no request ever came", async () => {
  await using proxy = await startProxy(chain({ unused: { url: "http://127.0.0.1:9" } }));
  await using silent = await connectTo(proxy.url);
  const startedAtMs = performance.now();
  await proxy.drain(30);
  assert.ok(performance.now() - startedAtMs < 1000);
  await silent.closed;
});

Deno.test("drain() does not wait for ever for a console that takes nothing", async () => {
  const log = new GeneralLog({ now: systemClock.now, console: () => new Promise(() => {}) });
  const state = createState({ clock: systemClock, random: Math.random, log });
  const current = () => snapshotOf([]);
  const server = await startServer({ current, state, flushMs: 10 });
  log.info("This line stays where it is.");
  await server.drain(0);
});

Deno.test("drain() writes the records of a burst before it resolves", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await connectTo(proxy.url);
  for (let i = 0; i < 30; i++) {
    await caller.send(CALL);
    await caller.reply();
  }
  await proxy.drain(30);
  let files = 0;
  for await (const _ of Deno.readDir(`${proxy.directory}/logs/requests`)) files++;
  assert.equal(files, 30);
});
