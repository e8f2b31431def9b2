import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chain } from "../chain.ts";
import { startProxy } from "../proxy.ts";
import { type Connection, openSocket, startSocketBackend } from "../websockets.ts";

const PATH = "/v1/realtime?model=chat";

Deno.test("a tunnel carries text, binary and fragmented messages both ways, byte for byte", async () => {
  await using backend = await startSocketBackend();
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await openSocket(proxy.url + PATH);
  const bytes = crypto.getRandomValues(new Uint8Array(300));
  caller.connection.send("grüß Gott");
  caller.connection.send(bytes);
  caller.connection.send("in ", { fin: false });
  caller.connection.send("three ", { fin: false });
  caller.connection.send("pieces", { fin: true });
  caller.connection.send("");
  assert.deepEqual(await caller.received(4), ["grüß Gott", bytes, "in three pieces", ""]);
});

Deno.test("a tunnel carries messages of many megabytes both ways", async () => {
  await using backend = await startSocketBackend();
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await openSocket(proxy.url + PATH);
  const bytes = new Uint8Array(16 * 1024 * 1024).map((_, index) => index * 31 + (index >> 8));
  caller.connection.send(bytes);
  caller.connection.send("after");
  const [got, after] = await caller.received(2);
  assert.equal(digestOf(got), digestOf(bytes));
  assert.equal(after, "after");
});

function digestOf(data: string | Uint8Array | undefined): string {
  return createHash("sha256").update(data ?? "").digest("hex");
}

Deno.test("a tunnel keeps close codes and reasons, whoever closes", async () => {
  const backendSaw = Promise.withResolvers<readonly [number, string]>();
  await using backend = await startSocketBackend((connection, { url = "" }) => {
    if (url.includes("backend-closes")) connection.close(4321, "done here");
    connection.on("close", (code: number, reason: Uint8Array) => {
      if (url.includes("caller-closes")) backendSaw.resolve([code, String(reason)]);
    });
  });
  await using proxy = await startProxy(chain({ backend }));
  await using one = await openSocket(`${proxy.url}${PATH}&backend-closes`);
  assert.deepEqual(await one.closed, { code: 4321, reason: "done here" });
  await using other = await openSocket(`${proxy.url}${PATH}&caller-closes`);
  other.connection.close(4001, "enough");
  assert.deepEqual(await backendSaw.promise, [4001, "enough"]);
  assert.deepEqual(await other.closed, { code: 4001, reason: "enough" });
});

Deno.test("a tunnel passes pings and pongs, and answers none itself", async () => {
  const pinged = Promise.withResolvers<string>();
  const unanswering = { autoPong: false };
  await using backend = await startSocketBackend((connection) => {
    connection.on("ping", (data: Uint8Array) => pinged.resolve(String(data)));
  }, unanswering);
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await openSocket(proxy.url + PATH);
  const pongs: string[] = [];
  const ponged = new Promise<void>((resolve) => {
    caller.connection.on("pong", (data: Uint8Array) => {
      pongs.push(String(data));
      resolve();
    });
  });
  caller.connection.ping("are you there");
  assert.equal(await pinged.promise, "are you there");
  (await backend.connection()).pong("the backend's own");
  await ponged;
  assert.deepEqual(pongs, ["the backend's own"]);
});

Deno.test("a tunnel leaves compression to its two ends", async () => {
  await using backend = await startSocketBackend(undefined, { perMessageDeflate: true });
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await openSocket(proxy.url + PATH, { perMessageDeflate: true });
  assert.equal(caller.connection.extensions, "permessage-deflate");
  assert.equal((await backend.connection()).extensions, "permessage-deflate");
  const text = "again and ".repeat(20_000);
  caller.connection.send(text);
  assert.deepEqual(await caller.received(1), [text]);
});

Deno.test("a tunnel keeps the subprotocol that the backend chose among those offered", async () => {
  const second = { handleProtocols: (offered: Set<string>) => [...offered][1] ?? false as const };
  await using backend = await startSocketBackend(undefined, second);
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await openSocket(proxy.url + PATH, { protocols: ["v1.chat", "v2.chat"] });
  assert.equal(caller.connection.protocol, "v2.chat");
  assert.equal(backend.requests[0]?.headers["sec-websocket-protocol"], "v1.chat,v2.chat");
});

Deno.test("a tunnel carries what the backend sends in one packet with its 101", async () => {
  await using backend = await startSocketBackend((connection: Connection) => {
    connection.send("session.created");
  });
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await openSocket(proxy.url + PATH);
  assert.deepEqual(await caller.received(1), ["session.created"]);
});
