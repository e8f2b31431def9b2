import assert from "node:assert/strict";
import { once } from "node:events";
import { Pools } from "../../lib/connections/pools.ts";
import { attempt } from "../../lib/wire/attempt.ts";
import { NO_READING } from "../../lib/wire/reading.ts";
import type { Backend } from "../../lib/config/snapshot.ts";
import { startHttpProxy } from "../forward_proxy.ts";
import { chunk, reply, startPeer, startReplier, STREAM_HEAD } from "../peer.ts";
import { nextTurn, relayed, startRawPeer } from "../wire/trial.ts";
import { aliasOf, backendOf, routeOf, snapshotOf } from "../routing.ts";

const NEVER = new AbortController().signal;

function using(...backends: readonly Backend[]) {
  return snapshotOf([aliasOf("chat", backends.map((backend) => routeOf(backend)))]);
}

async function get(pools: Pools, backend: Backend) {
  const { origin, timeouts } = backend;
  const empty = { headers: [], body: new Uint8Array(), refusal: undefined, rest: undefined };
  const request = { method: "GET", origin, target: "/", ...empty };
  const connections = pools.for(backend);
  const looks = {
    streamed: false,
    upgrade: false,
    mayCreate: false,
    expects: undefined,
    reading: NO_READING,
  };
  const outcome = await attempt(request, { connections, timeouts, ...looks, signal: NEVER });
  return outcome.kind === "reply" ? outcome : assert.fail(outcome.detail);
}

Deno.test("Pools.for() gives backends of one origin and connect time-out the same connections", () => {
  const pools = new Pools();
  const one = backendOf("one");
  const { origin, timeouts } = one;
  assert.equal(pools.for(one), pools.for(backendOf("two", { origin, keys: ["k"] })));
  assert.notEqual(pools.for(one), pools.for(backendOf("three")));
  const patient = { ...timeouts, connectMs: timeouts.connectMs + 1 };
  assert.notEqual(pools.for(one), pools.for(backendOf("four", { origin, timeouts: patient })));
});

Deno.test("Pools.for() tells apart how a backend is reached", () => {
  const proxy = { kind: "http", hostname: "p", port: 1, user: "", password: "" } as const;
  const pools = new Pools((origin) => origin === "http://one.example" ? proxy : undefined);
  const one = backendOf("one");
  const { origin } = one;
  assert.equal(pools.for(one), pools.for(backendOf("two", { origin, proxy })));
  for (
    const given of [
      { proxy: "direct" },
      { proxy: { ...proxy, password: "x" } },
      { roots: ["PEM"] },
    ] as const
  ) {
    assert.notEqual(pools.for(one), pools.for(backendOf("three", { origin, ...given })));
  }
});

Deno.test("Pools.for() takes the environment's proxy unless the backend says otherwise", async () => {
  await using peer = await startReplier(reply(200));
  await using forward = await startHttpProxy();
  const port = Number(forward.address.split(":")[1]);
  const proxy = { kind: "http", hostname: "127.0.0.1", port, user: "", password: "" } as const;
  const pools = new Pools(() => proxy);
  await get(pools, backendOf("direct", { origin: peer.url, proxy: "direct" }));
  assert.equal(forward.asked.length, 0);
  await get(pools, backendOf("silent", { origin: peer.url }));
  assert.equal(forward.asked.length, 1);
  await pools.destroy();
});

Deno.test("Pools.for() opens as many connections as there are requests at once", async () => {
  const all = Promise.withResolvers<void>();
  await using peer = await startPeer(async ({ index, write }) => {
    if (index === 9) all.resolve();
    await all.promise;
    await write(reply(200));
  });
  const pools = new Pools();
  const backend = backendOf("peer", { origin: peer.url });
  await Promise.all(Array.from({ length: 10 }, () => get(pools, backend)));
  assert.equal(peer.connections, 10);
  await pools.destroy();
});

Deno.test("Pools.retain() keeps the connections that a backend of the snapshot uses", async () => {
  await using peer = await startReplier(reply(200));
  const pools = new Pools();
  const backend = backendOf("peer", { origin: peer.url });
  await get(pools, backend);
  await nextTurn();
  pools.retain(using(backendOf("renamed", { origin: peer.url })));
  await get(pools, backend);
  assert.equal(peer.connections, 1);
  await pools.destroy();
});

Deno.test("Pools.retain() closes the idle connections that no backend uses (F127)", async () => {
  const closed = Promise.withResolvers<void>();
  await using peer = await startRawPeer((socket) => {
    socket.once("data", () => socket.write(reply(200)));
    once(socket, "close").then(() => closed.resolve());
  });
  const pools = new Pools();
  await get(pools, backendOf("peer", { origin: `http://${peer.address}` }));
  pools.retain(using());
  await closed.promise;
  await pools.destroy();
});

Deno.test("Pools.retain() lets a stream in flight end (F128)", async () => {
  const retained = Promise.withResolvers<void>();
  await using peer = await startPeer(async ({ write }) => {
    await write(STREAM_HEAD + chunk("data: 1\n\n"));
    await retained.promise;
    await write(chunk("data: 2\n\n") + chunk(""));
  });
  const pools = new Pools();
  const { response } = relayed(await get(pools, backendOf("peer", { origin: peer.url })));
  pools.retain(using());
  retained.resolve();
  assert.equal(await response.text(), "data: 1\n\ndata: 2\n\n");
  await pools.destroy();
});

Deno.test("Pools.destroy() cuts what is in flight", async () => {
  await using peer = await startPeer(({ write }) => write(STREAM_HEAD + chunk("data: 1\n\n")));
  const pools = new Pools();
  const { response, endings } = relayed(await get(pools, backendOf("peer", { origin: peer.url })));
  const text = response.text();
  await Promise.all([pools.destroy(), assert.rejects(text)]);
  assert.deepEqual(endings.map(({ kind }) => kind), ["cut"]);
});

Deno.test("Pools.destroy() cuts what is in flight to backends that no snapshot has any more", async () => {
  await using peer = await startPeer(({ write }) => write(STREAM_HEAD + chunk("data: 1\n\n")));
  const pools = new Pools();
  const { response, endings } = relayed(await get(pools, backendOf("peer", { origin: peer.url })));
  pools.retain(using());
  const text = response.text();
  await Promise.all([pools.destroy(), assert.rejects(text)]);
  assert.deepEqual(endings.map(({ kind }) => kind), ["cut"]);
});

Deno.test("Pools.for() serves whoever still asks for a backend that no snapshot has any more", async () => {
  await using peer = await startReplier(reply(200));
  const pools = new Pools();
  const backend = backendOf("peer", { origin: peer.url });
  await get(pools, backend);
  const before = pools.for(backend);
  pools.retain(using());
  assert.notEqual(pools.for(backend), before);
  assert.equal((await get(pools, backend)).status, 200);
  await pools.destroy();
});
