import assert from "node:assert/strict";
import { chain } from "../chain.ts";
import { startProxy } from "../proxy.ts";
import { startRawBackend, SWITCHING, upgradeBytes } from "./raw.ts";

const PATH = "/v1/realtime?model=chat";
const CHUNK = new Uint8Array(64 * 1024);
/** More than the buffers of two loopback connections and of the tunnel hold. */
const MUCH_BYTES = 64 * 1024 * 1024;

async function connect(url: string): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(url);
  const caller = await Deno.connect({ hostname, port: Number(port) });
  await caller.write(upgradeBytes(PATH));
  return caller;
}

Deno.test("a tunnel is as slow as a caller that does not read, and goes on when it does", async () => {
  let taken = 0;
  const stalled = Promise.withResolvers<void>();
  await using backend = await startRawBackend(async ({ socket }) => {
    socket.write(SWITCHING);
    while (taken < MUCH_BYTES) {
      const isTaken = socket.write(CHUNK);
      taken += CHUNK.length;
      if (isTaken) continue;
      const timer = setTimeout(stalled.resolve, 500);
      await new Promise<void>((resolve) => socket.once("drain", resolve));
      clearTimeout(timer);
    }
    socket.end();
  });
  await using proxy = await startProxy(chain({ backend }));
  using caller = await connect(proxy.url);
  await stalled.promise;
  assert.ok(taken < MUCH_BYTES / 2, `${taken} bytes were taken`);
  let got = 0;
  for await (const chunk of caller.readable) got += chunk.length;
  assert.ok(got > MUCH_BYTES, `${got} bytes came`);
});

Deno.test("a tunnel is as slow as a backend that does not read, and goes on when it does", async () => {
  const joined = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const all = Promise.withResolvers<number>();
  let got = 0;
  await using backend = await startRawBackend(({ socket }) => {
    socket.write(SWITCHING);
    socket.removeAllListeners("data");
    socket.pause();
    joined.resolve();
    release.promise.then(() => {
      socket.on("data", (chunk: Uint8Array) => got += chunk.length);
      socket.on("end", () => {
        all.resolve(got);
        socket.end();
      });
      socket.resume();
    });
  });
  await using proxy = await startProxy(chain({ backend }));
  using caller = await connect(proxy.url);
  await joined.promise;
  let sent = 0;
  const sending = (async () => {
    while (sent < MUCH_BYTES) sent += await caller.write(CHUNK);
    await caller.closeWrite();
  })();
  await stillnessOf(() => sent);
  assert.ok(sent < MUCH_BYTES / 2, `${sent} bytes were taken`);
  release.resolve();
  await sending;
  assert.equal(await all.promise, sent);
  for await (const _ of caller.readable);
});

/** Resolves when a count has not changed for half a second. */
async function stillnessOf(count: () => number): Promise<void> {
  for (let before = -1; before !== count();) {
    before = count();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

Deno.test("a caller that takes nothing for idle_seconds while bytes wait for it has gone", async () => {
  const closed = Promise.withResolvers<void>();
  await using backend = await startRawBackend((side) => {
    side.closed.then(closed.resolve);
    side.socket.write(SWITCHING);
    side.socket.write(new Uint8Array(MUCH_BYTES));
  });
  await using proxy = await startProxy(chain({ backend }, "timeouts: { idle_seconds: 0.5 }"));
  const ended = new Promise<string>((resolve) => {
    proxy.state.journal.watch({
      onAttempt: () => {},
      onEnd: ({ ending }) => resolve(`${ending?.kind}: ${ending?.detail}`),
    });
  });
  using _caller = await connect(proxy.url);
  assert.equal(await ended, "caller_left: the caller took nothing for 0.5 s");
  await closed.promise;
});

Deno.test("silence ends no tunnel, however long", async () => {
  await using backend = await startRawBackend(({ socket, until }) => {
    socket.write(SWITCHING);
    until("hello").then(() => socket.end("goodbye"));
  });
  await using proxy = await startProxy(chain({ backend }, "timeouts: { idle_seconds: 0.1 }"));
  using caller = await connect(proxy.url);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await caller.write(new TextEncoder().encode("hello"));
  assert.match(await new Response(caller.readable).text(), /goodbye$/);
});
