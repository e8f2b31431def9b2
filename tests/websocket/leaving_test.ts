import assert from "node:assert/strict";
import { connectTo } from "../caller.ts";
import { chain } from "../chain.ts";
import { startPeer } from "../peer.ts";
import { startProxy } from "../proxy.ts";
import { openSocket, startSocketBackend } from "../websockets.ts";
import { type RawSide, startRawBackend, SWITCHING, upgradeBytes } from "./raw.ts";

const PATH = "/v1/realtime?model=chat";

/** A backend that switches at once, and its first connection. */
async function startSwitching(then: (side: RawSide) => void = () => {}) {
  const joined = Promise.withResolvers<RawSide>();
  const backend = await startRawBackend((side) => {
    side.socket.write(SWITCHING);
    joined.resolve(side);
    then(side);
  });
  return { backend, joined: joined.promise };
}

Deno.test("a caller that leaves a tunnel ends the backend's side within a second", async () => {
  const { backend: started, joined } = await startSwitching();
  await using backend = started;
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await connectTo(proxy.url);
  await caller.send(upgradeBytes(PATH));
  await caller.until("101");
  const side = await joined;
  const leftMs = performance.now();
  caller.leave();
  await side.ended;
  side.socket.destroy();
  const tookMs = performance.now() - leftMs;
  assert.ok(tookMs < 1000, `it took ${tookMs} ms`);
});

Deno.test("a backend that does not end its side is left all the same", async () => {
  const { backend: started, joined } = await startSwitching();
  await using backend = started;
  await using proxy = await startProxy(chain({ backend }));
  const ended = endOf(proxy);
  await using caller = await connectTo(proxy.url);
  await caller.send(upgradeBytes(PATH));
  await caller.until("101");
  await joined;
  caller.leave();
  assert.deepEqual(await ended, ["complete", "the caller ended it"]);
});

Deno.test("a backend that ends a tunnel ends the caller's side, after all it sent", async () => {
  const last = "x".repeat(1_000_000) + "the end";
  const { backend: started } = await startSwitching(({ socket }) => socket.end(last));
  await using backend = started;
  await using proxy = await startProxy(chain({ backend }));
  const ended = endOf(proxy);
  await using caller = await connectTo(proxy.url);
  await caller.send(upgradeBytes(PATH));
  await caller.until("the end");
  await caller.closed;
  assert.deepEqual(await ended, ["complete", "the backend ended it"]);
});

Deno.test("a backend that breaks a tunnel cuts the caller's, after what came", async () => {
  const { backend: started } = await startSwitching(({ socket, until }) => {
    until("go").then(() => socket.write("last words", () => socket.resetAndDestroy()));
  });
  await using backend = started;
  await using proxy = await startProxy(chain({ backend }));
  const ended = endOf(proxy);
  await using caller = await connectTo(proxy.url);
  await caller.send(upgradeBytes(PATH));
  await caller.until("101");
  await caller.send("go");
  await caller.closed;
  const [kind, detail] = await ended;
  assert.equal(kind, "cut");
  assert.match(detail, /^the backend broke the connection/);
});

Deno.test("a caller killed in the midst of a message counts as closed abnormally at the backend", async () => {
  const closed = Promise.withResolvers<number>();
  await using backend = await startSocketBackend((connection) => {
    connection.on("close", (code: number) => closed.resolve(code));
  });
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await openSocket(proxy.url + PATH);
  await backend.connection();
  caller.connection.terminate();
  assert.equal(await closed.promise, 1006);
});

Deno.test("a caller may end its side and still hear what the backend has to say", async () => {
  const { backend: started } = await startSwitching(({ socket, ended }) => {
    ended.then(() => setTimeout(() => socket.end("a late answer"), 300));
  });
  await using backend = started;
  await using proxy = await startProxy(chain({ backend }));
  const { hostname, port } = new URL(proxy.url);
  using caller = await Deno.connect({ hostname, port: Number(port) });
  await caller.write(upgradeBytes(PATH));
  const head = new Uint8Array(4096);
  await caller.read(head);
  await caller.closeWrite();
  const got = await new Response(caller.readable).text();
  assert.equal(got, "a late answer");
});

Deno.test("a caller that leaves before the 101 ends the attempt and cools nothing", async () => {
  await using backend = await startPeer(() => {});
  await using proxy = await startProxy(chain({ backend }));
  const ended = endOf(proxy);
  const caller = await connectTo(proxy.url);
  await caller.send(upgradeBytes(PATH));
  await backend.seen(0);
  caller.leave();
  assert.deepEqual(await ended, ["caller_left", "the caller went away"]);
  const [log = ""] = await proxy.logs();
  assert.match(log, /caller left: the caller went away/);
  await caller.closed;
});

Deno.test("a tunnel counts towards max_concurrent while it is open", async () => {
  await using backend = await startSocketBackend();
  const capped = `backends: [{ name: only, url: "${backend.url}", max_concurrent: 1 }]
models: { chat: [{ backend: only, model: m }] }`;
  await using proxy = await startProxy(capped);
  const ended = endOf(proxy);
  await using first = await openSocket(proxy.url + PATH);
  await assert.rejects(openSocket(proxy.url + PATH), /Refused with 503/);
  first.connection.close();
  await ended;
  await using _second = await openSocket(proxy.url + PATH);
});

Deno.test("drain() lets a tunnel end by itself, with its record", async () => {
  await using backend = await startSocketBackend();
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await openSocket(proxy.url + PATH);
  const drained = proxy.drain(30);
  caller.connection.send("still here");
  await caller.received(1);
  caller.connection.close(1000, "bye");
  await drained;
  const [log = ""] = await proxy.logs();
  assert.match(log, /^== ending\ncomplete after \d+ bytes/m);
});

Deno.test("drain() cuts a tunnel that has not ended in its time, and records the cut", async () => {
  const closed = Promise.withResolvers<number>();
  await using backend = await startSocketBackend((connection) => {
    connection.on("close", (code: number) => closed.resolve(code));
  });
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await openSocket(proxy.url + PATH);
  await proxy.drain(0.05);
  assert.deepEqual(await caller.closed, { code: 1006, reason: "" });
  assert.equal(await closed.promise, 1006);
  const [log = ""] = await proxy.logs();
  assert.match(log, /^== ending\ncut after \d+ bytes, .*the proxy was stopped/m);
});

/** How the next tunnel or attempt to end did; refusals do not count. */
function endOf({ state }: Awaited<ReturnType<typeof startProxy>>): Promise<[string, string]> {
  return new Promise((resolve) => {
    state.journal.watch({
      onAttempt: () => {},
      onEnd: ({ ending, response }) => {
        if ((response?.status ?? 0) < 400) resolve([ending?.kind ?? "", ending?.detail ?? ""]);
      },
    });
  });
}
