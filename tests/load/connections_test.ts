import assert from "node:assert/strict";
import { connectTo, requestBytes } from "../caller.ts";
import { chain } from "../chain.ts";
import { reply, startPeer } from "../peer.ts";
import { startProxy } from "../proxy.ts";

const CHAT = { body: `{"model":"chat","messages":[]}` };

Deno.test("no request waits for a connection to its backend", async () => {
  const release = Promise.withResolvers<void>();
  await using peer = await startPeer(async ({ write }) => {
    await release.promise;
    await write(reply(200, `{"choices":[{"message":{"content":"a"}}]}`));
  });
  await using proxy = await startProxy(chain({ backend: peer }));
  const callers = await Promise.all(Array.from({ length: 150 }, () => connectTo(proxy.url)));
  for (const caller of callers) await caller.send(requestBytes(CHAT));
  await peer.seen(149);
  assert.equal(proxy.state.load.inFlight, 150);
  assert.equal(peer.connections, 150);
  release.resolve();
  const replies = await Promise.all(callers.map((caller) => caller.reply()));
  assert.ok(replies.every(({ status }) => status === 200));
  for (const caller of callers) await caller[Symbol.asyncDispose]();
});
