/** Backends that cannot be reached, or that are no HTTP servers: F001 to F011. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { lineValue, textOf } from "../caller.ts";
import { CLOSED_PORT, startPeer, startReplier } from "../peer.ts";
import { startRawPeer } from "../wire/trial.ts";
import { BACKEND, failsOver, includes, isHidden, isTold, isWell, ROUTE } from "./scene.ts";
import { startScene, WELL } from "./scene.ts";

/** A time-out that the client library's timers, which tick twice a second, can keep. */
const IN_A_HURRY = "timeouts: { connect_seconds: 0.2 }";

Deno.test("F001: a name that does not resolve moves on, and the key is not told", async () => {
  const key = "sk-injected-0123456789";
  const bad = {
    url: "http://no-such-host.invalid",
    keys: `auth: inject, api_key: "${key}"`,
  };
  const consequence = { row: 4, because: "cannot connect (", cools: BACKEND };
  await isHidden(bad, consequence);
  assert.ok(!textOf(await isTold(bad, consequence)).includes(key));
});

Deno.test("F005: a refused connection moves on at once and cools the backend", async () => {
  await failsOver(
    { url: `http://127.0.0.1:${CLOSED_PORT}` },
    { row: 4, because: "cannot connect (connect ECONNREFUSED", cools: BACKEND },
  );
});

Deno.test("F006: a connection that nobody answers ends in connect_seconds and moves on", async () => {
  await using full = await startFull();
  await failsOver(
    { url: `http://127.0.0.1:${full.port}`, keys: IN_A_HURRY, untapped: true },
    { row: 4, because: "no connection in time (CONNECT_TIMEOUT", cools: BACKEND },
  );
});

// Whether the reset is seen before the connection counts as made is chance: row 4 or 5, both right.
Deno.test("F007: a connection reset as soon as it stands moves on and cools", async () => {
  await using peer = await startRawPeer((socket) => socket.resetAndDestroy());
  const bad = { url: `http://${peer.address}` };
  await using good = await startReplier(WELL);
  await using scene = await startScene({ bad, good });
  isWell(await scene.ask());
  assert.deepEqual(scene.tried(), ["bad", "good"]);
  assert.ok(scene.cooling().includes("bad-chat"));
  assert.match(
    await scene.record(),
    /^reason {5}(not reached: cannot connect|connection lost: the connection broke) .*/m,
  );
  await using lonely = await startScene({ bad });
  assert.equal((await lonely.ask()).status, 502);
});

for (
  const garbage of ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/9.9 200 OK\r\n\r\n", "\x15\x03\x03\0\x02\x02F"]
) {
  Deno.test(`F010: ${JSON.stringify(garbage)} where HTTP should be moves on`, async () => {
    await using peer = await startReplier(garbage);
    await failsOver(
      { url: peer.url },
      { row: 5, because: "what came is not an HTTP response (", cools: ROUTE },
    );
  });
}

// That sockets or ports run out cannot be had without limiting this very process; the cap that keeps
// it from coming to that can.
Deno.test("F011: a call over max_concurrent moves on, and is told when to come again", async () => {
  const release = Promise.withResolvers<void>();
  await using bad = await startPeer(async ({ write }) => {
    await release.promise;
    await write(WELL);
  });
  await using good = await startReplier(WELL);
  await using scene = await startScene({ bad: { url: bad.url, keys: "max_concurrent: 1" }, good });
  await using lonely = await startScene({ bad: { url: bad.url, keys: "max_concurrent: 1" } });
  const first = [scene.ask(), lonely.ask()];
  await bad.seen(1);
  isWell(await scene.ask());
  assert.equal(bad.requests.length, 2);
  assert.equal(good.requests.length, 1);
  const passedOver =
    "== routes passed over\nbad (bad-chat): bad has 1 requests in flight, its max_concurrent";
  const refused = await lonely.ask();
  assert.equal(refused.status, 503);
  assert.match(lineValue(refused, "retry-after") ?? "", /^[1-9]\d*$/);
  includes(
    JSON.parse(textOf(refused)).error.message,
    "bad (bad-chat): bad has 1 requests in flight",
  );
  includes(await lonely.record(), passedOver);
  release.resolve();
  for (const got of await Promise.all(first)) isWell(got);
  assert.deepEqual([scene.cooling(), lonely.cooling()], [[], []]);
});

interface Full extends AsyncDisposable {
  readonly port: number;
}

/** A listening socket whose queue is full: the system drops whatever else wants to connect. */
async function startFull(): Promise<Full> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 1 });
  const { port } = listener.addr;
  const queued: Socket[] = [];
  for (let connected = true; connected;) {
    const socket = connect({ port, host: "127.0.0.1", timeout: 300 });
    queued.push(socket);
    connected = await new Promise((resolve) => {
      socket.on("connect", () => resolve(true));
      socket.on("timeout", () => resolve(false));
    });
  }
  return {
    port,
    async [Symbol.asyncDispose]() {
      await Promise.all(queued.map((socket) => once(socket.destroy(), "close")));
      listener.close();
    },
  };
}
