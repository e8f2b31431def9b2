import assert from "node:assert/strict";
import { listenWithNodeHttp } from "../../lib/accept/node_http.ts";
import type { CallerResponse } from "../../lib/wire/caller_response.ts";
import { connectTo, requestBytes } from "../caller.ts";

const EMPTY: CallerResponse = { status: 200, headers: [], body: new Uint8Array() };

/** A listener that answers nothing until it is told to. */
async function startWaiting() {
  const release = Promise.withResolvers<CallerResponse>();
  let begun = 0;
  const listener = await listenWithNodeHttp({
    address: { hostname: "127.0.0.1", port: 0 },
    tls: undefined,
    handler() {
      begun++;
      return release.promise;
    },
    onFault() {},
  });
  return {
    url: `http://127.0.0.1:${listener.port}`,
    begun: () => begun,
    release: () => release.resolve(EMPTY),
    async [Symbol.asyncDispose]() {
      release.resolve(EMPTY);
      const closed = listener.close();
      listener.destroy();
      await closed;
    },
  };
}

const REQUEST = new TextDecoder().decode(requestBytes({ body: "{}" }));

Deno.test("CallerConnections end a connection on which more than 100 requests wait for answers", async () => {
  await using listening = await startWaiting();
  await using caller = await connectTo(listening.url);
  await caller.send(REQUEST.repeat(1000));
  await caller.closed;
  assert.equal(listening.begun(), 100);
});

Deno.test("CallerConnections let any number of requests through one after the other, or 100 at once", async () => {
  await using listening = await startWaiting();
  await using caller = await connectTo(listening.url);
  await caller.send(REQUEST.repeat(100));
  listening.release();
  for (let answered = 0; answered < 100; answered++) {
    assert.equal((await caller.reply()).status, 200);
  }
  for (let more = 0; more < 150; more++) {
    await caller.send(REQUEST);
    assert.equal((await caller.reply()).status, 200);
  }
  assert.equal(listening.begun(), 250);
});
