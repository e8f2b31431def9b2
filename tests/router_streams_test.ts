import assert from "node:assert/strict";
import { callRaw, connectTo, requestBytes, textOf } from "./caller.ts";
import { chain } from "./chain.ts";
import { chunk, type Exchange, reply, startPeer, startReplier, STREAM_HEAD } from "./peer.ts";
import { startProxy } from "./proxy.ts";
import { VENDOR_CALLS } from "./vendor_calls.ts";

for (const call of VENDOR_CALLS.filter(({ events }) => events.length > 0)) {
  Deno.test(`route() passes each event on before the next is sent: ${call.name}`, async () => {
    const firstContent = call.events.findIndex((event) => event.includes("delta"));
    const seen = call.events.map(() => Promise.withResolvers<void>());
    await using backend = await startPeer(async ({ write }) => {
      await write(STREAM_HEAD);
      for (const [index, event] of call.events.entries()) {
        await write(chunk(event));
        if (index >= firstContent) await seen[index]?.promise;
      }
      await write(chunk(""));
    });
    await using proxy = await startProxy(chain({ backend }));
    await using caller = await connectTo(proxy.url);
    await caller.send(requestBytes(call.request));
    for (const [index, event] of call.events.entries()) {
      await caller.until(event);
      seen[index]?.resolve();
    }
    assert.equal(textOf(await caller.reply()), call.answerBody);
  });
}

Deno.test("route() gives the head of a stream that it does not hold before its first event", async () => {
  const headSeen = Promise.withResolvers<void>();
  await using backend = await startPeer(async ({ write }) => {
    await write(STREAM_HEAD);
    await headSeen.promise;
    await write(chunk("data: 1\n\n") + chunk(""));
  });
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await connectTo(proxy.url);
  const target = "/v1/audio/speech";
  await caller.send(requestBytes({ target, body: `{"model":"chat","stream":true}` }));
  await caller.until("text/event-stream");
  headSeen.resolve();
  assert.equal(textOf(await caller.reply()), "data: 1\n\n");
});

interface Cut {
  /** What comes of the answer. */
  readonly start: string;
  readonly breakOff: (exchange: Exchange) => unknown;
}

const EVENT = `data: {"choices":[{"delta":{"content":"1"}}]}\n\n`;
const CHUNKED = STREAM_HEAD + chunk(EVENT);
const SHORT = `HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n${EVENT}`;

/** Ways in which an answer can break off after its head. */
const CUTS: Readonly<Record<string, Cut>> = {
  "a stream closed without its last chunk": { start: CHUNKED, breakOff: ({ close }) => close() },
  "a stream closed inside a chunk": {
    start: `${CHUNKED}20\r\nda`,
    breakOff: ({ close }) => close(),
  },
  "a stream that is reset": { start: CHUNKED, breakOff: ({ reset }) => reset() },
  "a stream with a broken chunk": { start: CHUNKED, breakOff: ({ write }) => write("zz\r\n") },
  "a body short of its length": { start: SHORT, breakOff: ({ close }) => close() },
  "a body that is reset": { start: SHORT, breakOff: ({ reset }) => reset() },
  "a stream that falls silent": { start: CHUNKED, breakOff: () => {} },
};

for (const [cut, { start, breakOff }] of Object.entries(CUTS)) {
  Deno.test(`route() passes on ${cut} as a cut, never as an end`, async () => {
    const seen = Promise.withResolvers<void>();
    await using backend = await startPeer(async (exchange) => {
      await exchange.write(start);
      await seen.promise;
      await breakOff(exchange);
    });
    await using proxy = await startProxy(chain({ backend }, "timeouts: { idle_seconds: 0.3 }"));
    await using caller = await connectTo(proxy.url);
    await caller.send(requestBytes({ body: `{"model":"chat","stream":true}` }));
    await caller.until(EVENT);
    seen.resolve();
    const got = await caller.reply();
    assert.equal(got.ending, "cut");
    assert.ok(textOf(got).startsWith(EVENT));
    const [log = ""] = await proxy.logs();
    assert.match(log, /^== ending\ncut after \d+ bytes/m);
    assert.deepEqual(await proxy.logs("errors"), [log]);
    assert.ok(proxy.lines.some((line) => / WARN .* cut \(stream cut: .+\) \[/.test(line)));
  });
}

Deno.test("route() puts no time limit on a stream that goes on", async () => {
  const paces = [...Array.from({ length: 6 }, () => EVENT), "data: [DONE]\n\n"];
  await using backend = await startPeer(async ({ write }) => {
    await write(STREAM_HEAD);
    for (const event of paces) {
      await write(chunk(event));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await write(chunk(""));
  });
  const limits =
    "timeouts: { idle_seconds: 0.3, first_byte_seconds: 0.3, first_content_seconds: 0.3 }";
  await using proxy = await startProxy(chain({ backend }, limits));
  const got = await callRaw(proxy.url, { body: `{"model":"chat","stream":true}` });
  assert.deepEqual([textOf(got), got.ending], [paces.join(""), "whole"]);
});

Deno.test("route() counts a stream that was cut out of its backend's max_concurrent once", async () => {
  const cut = Promise.withResolvers<void>();
  await using backend = await startPeer(async ({ index, write, reset }) => {
    await write(CHUNKED);
    if (index === 0) await cut.promise.then(reset);
  });
  await using proxy = await startProxy(`
backends: [{ name: backend, url: "${backend.url}", max_concurrent: 2 }]
fallback: { cooldown_seconds: 0 }
models: { chat: [{ backend: backend, model: m }] }`);
  const call = requestBytes({ body: `{"model":"chat","stream":true}` });
  await using first = await connectTo(proxy.url);
  await using second = await connectTo(proxy.url);
  await using third = await connectTo(proxy.url);
  for (const caller of [first, second]) {
    await caller.send(call);
    await caller.until(EVENT);
  }
  cut.resolve();
  await first.closed;
  await third.send(call);
  await third.until(EVENT);
  assert.equal((await callRaw(proxy.url, { body: `{"model":"chat"}` })).status, 503);
});

Deno.test("route() masks a caller's credential in the general log, in the path too (F152)", async () => {
  const key = "hunter2plainpass";
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ backend }));
  const lines = [`x-api-key: ${key}`];
  await callRaw(proxy.url, { target: `/v1/${key}/x`, lines, body: `{"model":"chat"}` });
  assert.match(proxy.lines.join("\n"), /POST \/v1\/.*\*\*\*\*/);
  assert.ok(!proxy.lines.some((line) => line.includes(key)));
});
