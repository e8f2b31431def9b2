import assert from "node:assert/strict";
import { callRaw, connectTo, requestBytes, textOf } from "./caller.ts";
import { chain, watchAttempts } from "./chain.ts";
import { chunk, reply, startPeer, startReplier, STREAM_HEAD } from "./peer.ts";
import { startProxy } from "./proxy.ts";

const CALL = { body: `{"model":"chat"}` };
const STARTS = `data: {"choices":[{"index":0,"delta":{"content":"Servus"}}]}\n\n`;

Deno.test("a reload is in force with the next request", async () => {
  await using before = await startReplier(reply(200, `{"from":"before"}`));
  await using after = await startReplier(reply(200, `{"from":"after"}`));
  await using proxy = await startProxy(chain({ before }));
  await using caller = await connectTo(proxy.url);
  await caller.send(requestBytes(CALL));
  assert.equal(textOf(await caller.reply()), `{"from":"before"}`);
  await proxy.configure(chain({ after }));
  await caller.send(requestBytes(CALL));
  assert.equal(textOf(await caller.reply()), `{"from":"after"}`);
});

Deno.test("a reload leaves a stream in flight to the backend that is no longer there", async () => {
  const release = Promise.withResolvers<void>();
  await using before = await startPeer(async ({ write }) => {
    await write(STREAM_HEAD + chunk(STARTS));
    await release.promise;
    await write(chunk("data: [DONE]\n\n") + chunk(""));
  });
  await using after = await startReplier(reply(200, `{"from":"after"}`));
  await using proxy = await startProxy(chain({ before }));
  await using caller = await connectTo(proxy.url);
  await caller.send(requestBytes({ body: `{"model":"chat","stream":true}` }));
  await caller.until(STARTS);
  await proxy.configure(chain({ after }));
  assert.equal(textOf(await callRaw(proxy.url, CALL)), `{"from":"after"}`);
  release.resolve();
  const got = await caller.reply();
  assert.deepEqual([textOf(got), got.ending], [`${STARTS}data: [DONE]\n\n`, "whole"]);
});

Deno.test("a reload leaves a request in flight its routes and its settings", async () => {
  const release = Promise.withResolvers<void>();
  await using primary = await startPeer(async ({ write }) => {
    await release.promise;
    await write(reply(418, "{}"));
  });
  await using secondary = await startReplier(reply(200, `{"from":"secondary"}`));
  const backends = { primary, secondary };
  await using proxy = await startProxy(chain(backends, "detection: { error_codes: [418] }"));
  const first = callRaw(proxy.url, CALL);
  await primary.seen(0);
  await proxy.configure(chain({ primary }, "detection: { error_codes: [500] }"));
  release.resolve();
  assert.equal(textOf(await first), `{"from":"secondary"}`);
  assert.equal((await callRaw(proxy.url, CALL)).status, 418);
});

Deno.test("a reload names its revision in the records", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ backend }));
  await callRaw(proxy.url, CALL);
  await proxy.configure(chain({ backend }));
  proxy.pass(1);
  await callRaw(proxy.url, CALL);
  const revisions = (await proxy.logs()).map((log) => /^settings +(.+)$/m.exec(log)?.[1]);
  assert.deepEqual(revisions, ["as the proxy started", "as of reload 1 since the start"]);
});

Deno.test("a reload leaves cooldowns as they are", async () => {
  await using primary = await startReplier(reply(503, "{}"));
  await using secondary = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ primary, secondary }));
  const attempts = watchAttempts(proxy);
  await callRaw(proxy.url, CALL);
  await proxy.configure(chain({ primary, secondary }, "limits: { max_body_mb: 8 }"));
  await callRaw(proxy.url, CALL);
  assert.deepEqual(attempts.take(), ["primary", "secondary", "secondary"]);
});

Deno.test("a reload that gives a backend another URL clears its cooldowns", async () => {
  await using primary = await startReplier(reply(503, "{}"));
  await using repaired = await startReplier(reply(200, `{"from":"repaired"}`));
  await using secondary = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ primary, secondary }));
  await callRaw(proxy.url, CALL);
  await proxy.configure(chain({ primary: repaired, secondary }));
  assert.equal(textOf(await callRaw(proxy.url, CALL)), `{"from":"repaired"}`);
});
