import assert from "node:assert/strict";
import { type Exchange, reply, startPeer, startReplier } from "../peer.ts";
import { nextTurn, startRawPeer, startTrial } from "./trial.ts";

const OK = reply(200, "{}");

Deno.test("attempt() sends nothing for a caller who has left (F074)", async () => {
  await using peer = await startReplier(OK);
  await using trial = startTrial(peer.url);
  assert.equal((await trial.fault({ signal: AbortSignal.abort() })).code, "caller_left");
  assert.equal(peer.requests.length, 0);
});

/** The outcome when the caller leaves at this point; resolves once the peer's connection is gone. */
async function leaving(script: (exchange: Exchange, leave: () => void) => Promise<void>) {
  const caller = new AbortController();
  const gone = Promise.withResolvers<void>();
  await using peer = await startPeer(async (exchange) => {
    await script(exchange, () => caller.abort());
    await exchange.gone;
    gone.resolve();
  });
  await using trial = startTrial(peer.url);
  const fault = await trial.fault({ signal: caller.signal });
  await gone.promise;
  return fault.code;
}

Deno.test("attempt() ends the backend's connection when the caller leaves before the head (F072)", async () => {
  const code = await leaving((_exchange, leave) => Promise.resolve(leave()));
  assert.equal(code, "caller_left");
});

Deno.test("attempt() ends the connection when the caller leaves within an error body (F072)", async () => {
  const code = await leaving(async ({ write }, leave) => {
    await write("HTTP/1.1 503 X\r\ncontent-length: 100\r\n\r\nhalf");
    await nextTurn();
    leave();
  });
  assert.equal(code, "caller_left");
});

Deno.test("attempt() gives up at once on a backend it is still connecting to (F072)", async () => {
  await using peer = await startRawPeer(() => {});
  await using trial = startTrial(`https://${peer.address}`);
  const caller = new AbortController();
  const fault = trial.fault({ signal: caller.signal });
  caller.abort();
  assert.equal((await fault).code, "caller_left");
});

Deno.test("attempt() leaves no listener on the caller's signal", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
    listeners++;
    addEventListener.apply(signal, given);
  };
  signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
    listeners--;
    removeEventListener.apply(signal, given);
  };
  for (const bytes of [OK, reply(503, "{}"), "garbage"]) {
    await using peer = await startReplier(bytes);
    await using trial = startTrial(peer.url);
    await trial.send({ signal });
    assert.equal(listeners, 0);
  }
});
