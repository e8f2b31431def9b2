import assert from "node:assert/strict";
import type { CallerResponse } from "../../lib/wire/caller_response.ts";
import { callRaw, connectTo, requestBytes, textOf } from "../caller.ts";
import { EMPTY, startListening } from "./listening.ts";

const CALL = new TextDecoder().decode(requestBytes({ body: "{}" }));

Deno.test("listen() ends the connection of a response that cannot be sent", async () => {
  const cancelled = Promise.withResolvers<void>();
  const read = () => Promise.resolve(undefined);
  const body = { read, cancel: () => cancelled.resolve(), patienceMs: Infinity };
  const headers = [["x-a", "b\nc"]] as const;
  await using listening = await startListening(() => Promise.resolve({ ...EMPTY, headers, body }));
  await using caller = await connectTo(listening.url);
  await caller.send(CALL);
  await Promise.all([caller.closed, cancelled.promise]);
  assert.match(listening.faults[0] ?? "", /^A response could not be sent: /);
});

Deno.test("listen() ends the connection where the handler fails", async () => {
  await using listening = await startListening(() =>
    Promise.reject(new Error("no handler does this"))
  );
  await assert.rejects(callRaw(listening.url, { body: "{}" }), /ended without a reply/);
  assert.match(listening.faults[0] ?? "", /no handler does this/);
});

for (const refused of ["garbage\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"]) {
  Deno.test(`listen() does not keep a connection refused for ${JSON.stringify(refused)}`, async () => {
    await using listening = await startListening(() => Promise.resolve(EMPTY));
    // Unlike the other callers here, this one does not end its side when the other side ends.
    using peer = await Deno.connect({ hostname: "127.0.0.1", port: listening.port });
    await peer.write(new TextEncoder().encode(refused));
    assert.equal(await endOf(peer), "ended");
    assert.equal(listening.refused.length, 1);
  });
}

/** Writes until the other side has ended the connection for good; gives up after five seconds. */
async function endOf(peer: Deno.TcpConn): Promise<"ended" | "still open"> {
  const deadline = performance.now() + 5000;
  while (performance.now() < deadline) {
    try {
      await peer.write(new Uint8Array(1));
    } catch {
      return "ended";
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return "still open";
}

Deno.test("listen() answers a thousand requests that come at once, one after the other", async () => {
  let begun = 0;
  let most = 0;
  let under = 0;
  await using listening = await startListening(async (incoming): Promise<CallerResponse> => {
    begun++;
    most = Math.max(most, ++under);
    const body = await incoming.read(100);
    under--;
    return { ...EMPTY, body: body instanceof Uint8Array ? body : new Uint8Array() };
  });
  await using caller = await connectTo(listening.url);
  await caller.send(CALL.repeat(1000));
  for (let answered = 0; answered < 1000; answered++) {
    assert.equal(textOf(await caller.reply()), "{}");
  }
  assert.deepEqual([begun, most], [1000, 1]);
});

Deno.test("listen() holds no more than a bound of what comes before its turn", async () => {
  const release = Promise.withResolvers<CallerResponse>();
  await using listening = await startListening(() => release.promise);
  using peer = await Deno.connect({ hostname: "127.0.0.1", port: listening.port });
  const flood = new TextEncoder().encode(CALL.repeat(1000));
  let sent = 0;
  let isStuck = false;
  const pouring = (async () => {
    while (!isStuck && sent < 64 * 1024 * 1024) sent += await peer.write(flood);
  })().catch(() => {});
  for (let before = -1; before !== sent;) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  isStuck = true;
  assert.ok(sent < 32 * 1024 * 1024, `${sent} bytes were taken`);
  release.resolve(EMPTY);
  peer.close();
  await pouring;
});

Deno.test("H8: what is wrong behind a request never stands in its answer", async () => {
  const more = Promise.withResolvers<void>();
  let pieces = 0;
  const body = {
    read: async () => {
      if (pieces++ === 1) await more.promise;
      return pieces < 3 ? new TextEncoder().encode("piece ") : undefined;
    },
    cancel() {},
    patienceMs: Infinity,
  };
  await using listening = await startListening(() => Promise.resolve({ ...EMPTY, body }));
  await using caller = await connectTo(listening.url);
  await caller.send(CALL);
  await caller.until("piece");
  await caller.send("BAD\r\n\r\n");
  // Nothing tells that it is there: that is the point.
  await new Promise((resolve) => setTimeout(resolve, 100));
  more.resolve();
  const got = await caller.reply();
  assert.deepEqual([got.status, textOf(got), got.ending], [200, "piece piece ", "whole"]);
  await caller.closed;
  await assert.rejects(caller.reply(), /without a reply/);
});

Deno.test("listen() tells the handler within a second that its caller has left", async () => {
  const left = Promise.withResolvers<void>();
  await using listening = await startListening(async ({ signal }) => {
    signal.addEventListener("abort", left.resolve);
    await left.promise;
    return EMPTY;
  });
  const caller = await connectTo(listening.url);
  await caller.send(requestBytes({ body: "x".repeat(3000) }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const leftAtMs = performance.now();
  caller.leave();
  await left.promise;
  assert.ok(performance.now() - leftAtMs < 1000);
  await caller.closed;
});
