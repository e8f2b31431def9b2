/** Connections that end, stall or say something else before a reply's head, F012 to F023. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { textOf } from "../caller.ts";
import { reply, startPeer, startReplier } from "../peer.ts";
import { failsOver, isWell, ROUTE, startScene, WELL } from "./scene.ts";

const LOST = { row: 5, because: "the connection broke before a response head (", cools: ROUTE };
const INVALID = { row: 5, because: "what came is not an HTTP response (", cools: ROUTE };

// Whether the backend did the work is not to be known; for a model's answer a second bill is the
// lesser evil, so it moves on like any other failure.
Deno.test("F012: a fresh connection closed before a head moves on and cools the route", async () => {
  await using peer = await startPeer(({ close }) => close());
  await failsOver(peer, LOST);
  assert.equal(peer.requests.length, peer.connections, "a request was repeated");
  assert.equal(peer.connections, 2);
});

Deno.test("F014: a fresh connection reset before a head moves on and cools the route", async () => {
  await using peer = await startPeer(({ reset }) => reset());
  await failsOver(peer, LOST);
  assert.equal(peer.connections, 2);
});

const HALVES = {
  "half a status line": "HTTP/1.1 20",
  "a status line": "HTTP/1.1 200 OK\r\n",
  "half a header": "HTTP/1.1 200 OK\r\ncontent-type: applica",
  "a head but for its blank line": "HTTP/1.1 200 OK\r\nx-secret: half\r\ncontent-length: 2\r\n",
};

for (const [half, bytes] of Object.entries(HALVES)) {
  for (const end of ["close", "reset"] as const) {
    Deno.test(`F015: ${half} and then a ${end} reaches nobody and moves on`, async () => {
      await using peer = await startPeer(async (exchange) => {
        await exchange.write(bytes);
        exchange[end]();
      });
      await failsOver(peer, LOST);
    });
  }
}

Deno.test("F016: no first byte in first_byte_seconds aborts the attempt and moves on", async () => {
  const aborted = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using peer = await startPeer(async ({ index, gone }) => {
    await gone;
    aborted[index]?.resolve();
  });
  await failsOver(
    { url: peer.url, keys: "timeouts: { first_byte_seconds: 0.1 }" },
    { row: 6, because: "no response head in time (", cools: ROUTE, status: 504 },
  );
  await Promise.all(aborted.map(({ promise }) => promise));
});

Deno.test("F019: a 100 that nobody asked for is passed over", async () => {
  await using bad = await startReplier(
    Buffer.concat([Buffer.from("HTTP/1.1 100 Continue\r\nX-From: early\r\n\r\n"), WELL]),
  );
  await using good = await startReplier(WELL);
  await using scene = await startScene({ bad, good });
  for (let call = 0; call < 2; call++) isWell(await scene.ask());
  assert.deepEqual(scene.tried(), ["bad", "bad"]);
  assert.deepEqual(scene.cooling(), []);
});

Deno.test("F020: a switch of protocols that nobody asked for moves on and is closed", async () => {
  const head =
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n";
  const closed = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using peer = await startPeer(async ({ index, write, gone }) => {
    await write(head);
    await gone;
    closed[index]?.resolve();
  });
  await failsOver(peer, INVALID);
  await Promise.all(closed.map(({ promise }) => promise));
});

Deno.test("F023: a head over 64 KiB moves on, and the next request is served", async () => {
  await using peer = await startReplier(reply(200, `{"ok":1}`, { "x-long": "x".repeat(70_000) }));
  await failsOver(peer, INVALID);
});

Deno.test("F023: many headers that are over 64 KiB together move on", async () => {
  const lines = Array.from({ length: 1_000 }, (_, index) => [`x-${index}`, "x".repeat(70)]);
  await using peer = await startReplier(reply(200, `{"ok":1}`, Object.fromEntries(lines)));
  await failsOver(peer, INVALID);
});

Deno.test("F023: a head that does not end is given up, and its connection is closed", async () => {
  const closed = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using peer = await startPeer(async ({ index, write, gone }) => {
    await write("HTTP/1.1 200 OK\r\n");
    for (let line = 0; line < 100; line++) await write(`x: ${"x".repeat(1000)}\r\n`);
    await gone;
    closed[index]?.resolve();
  });
  await failsOver(peer, INVALID);
  await Promise.all(closed.map(({ promise }) => promise));
});

Deno.test("F023: a head just under the limit is passed whole", async () => {
  const long = "x".repeat(60_000);
  await using peer = await startReplier(
    reply(200, `{"choices":[{"text":""}]}`, { "x-long": long }),
  );
  await using scene = await startScene({ bad: peer });
  const got = await scene.ask();
  assert.equal(textOf(got), `{"choices":[{"text":""}]}`);
  assert.ok(got.lines.includes(`x-long: ${long}`));
});
