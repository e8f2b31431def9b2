import assert from "node:assert/strict";
import { type Exchange, reply, startPeer } from "../peer.ts";
import { NO_READING, type Repeat } from "../../lib/wire/reading.ts";
import { nextTurn, startTrial } from "./trial.ts";

const OK = reply(200, "{}");

/** Answers the first request of every connection and loses the others. */
async function loseReused({ onConnection, write, reset }: Exchange): Promise<void> {
  if (onConnection === 0) await write(OK);
  else reset();
}

Deno.test("attempt() repeats once on a fresh connection when a reused one was lost (F013)", async () => {
  await using peer = await startPeer(loseReused);
  await using trial = startTrial(peer.url);
  await trial.reply();
  await nextTurn();
  assert.equal((await trial.reply()).status, 200);
  assert.deepEqual([peer.connections, peer.requests.length], [2, 3]);
});

Deno.test("attempt() repeats once when a reused connection is closed in order (F013)", async () => {
  await using peer = await startPeer(async ({ onConnection, write, close }) => {
    if (onConnection === 0) await write(OK);
    else close();
  });
  await using trial = startTrial(peer.url);
  await trial.reply();
  await nextTurn();
  assert.equal((await trial.reply()).status, 200);
});

Deno.test("attempt() repeats no more than once", async () => {
  await using peer = await startPeer(async ({ index, write, reset }) => {
    if (index === 0) await write(OK);
    else reset();
  });
  await using trial = startTrial(peer.url);
  await trial.reply();
  await nextTurn();
  assert.equal((await trial.fault()).code, "connection_lost");
  assert.deepEqual([peer.connections, peer.requests.length], [2, 3]);
});

Deno.test("attempt() repeats nothing that timed out on a reused connection", async () => {
  await using peer = await startPeer(async ({ index, write }) => {
    if (index === 0) await write(OK);
  });
  await using trial = startTrial(peer.url, { firstByteMs: 20 });
  await trial.reply();
  await nextTurn();
  assert.equal((await trial.fault()).code, "first_byte_timeout");
  assert.equal(peer.requests.length, 2);
});

Deno.test("attempt() repeats nothing when a reused connection brought garbage", async () => {
  await using peer = await startPeer(({ index, write }) => write(index === 0 ? OK : "garbage\r\n"));
  await using trial = startTrial(peer.url);
  await trial.reply();
  await nextTurn();
  assert.equal((await trial.fault()).code, "invalid_reply");
  assert.equal(peer.requests.length, 2);
});

Deno.test("cases 10: attempt() never repeats what may create something", async () => {
  await using peer = await startPeer(loseReused);
  await using trial = startTrial(peer.url);
  await trial.reply();
  await nextTurn();
  assert.equal((await trial.fault({ mayCreate: true })).code, "connection_lost");
  assert.deepEqual([peer.connections, peer.requests.length], [1, 2]);
});

Deno.test("cases 10: attempt() repeats nothing that a backend may have begun with", async () => {
  await using peer = await startPeer(async ({ onConnection, write, reset }) => {
    if (onConnection === 0) return await write(OK);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    reset();
  });
  await using trial = startTrial(peer.url);
  await trial.reply();
  await nextTurn();
  assert.equal((await trial.fault()).code, "connection_lost");
  assert.deepEqual([peer.connections, peer.requests.length], [1, 2]);
});

Deno.test("cases 10: attempt() tells of what it repeats", async () => {
  await using peer = await startPeer(loseReused);
  await using trial = startTrial(peer.url);
  const repeats: Repeat[] = [];
  const reading = { ...NO_READING, onRepeat: (repeat: Repeat) => void repeats.push(repeat) };
  await trial.reply({ reading });
  await nextTurn();
  await trial.reply({ reading });
  assert.equal(repeats.length, 1);
  assert.match(repeats[0]?.detail ?? "", /ECONNRESET|CONNECTION_LOST/);
});

Deno.test("attempt() gives nobody bytes that came after the last reply (F017)", async () => {
  const poison = reply(200, "poison");
  await using peer = await startPeer(async ({ index, write }) => {
    await write(index === 0 ? new Uint8Array([...OK, ...poison]) : OK);
  });
  await using trial = startTrial(peer.url);
  for (let request = 0; request < 3; request++) {
    const { body } = await trial.reply();
    assert.equal(new TextDecoder().decode(body.peek()), "{}");
    await nextTurn();
  }
});
