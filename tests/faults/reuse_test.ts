/** Connections that are used again, and are gone or dirty by then: F013 and F017. */
import assert from "node:assert/strict";
import { callRaw, textOf } from "../caller.ts";
import { type Exchange, type Peer, startPeer, startReplier } from "../peer.ts";
import { startProxy } from "../proxy.ts";
import { nextTurn } from "../wire/trial.ts";
import { CALL, includes, isWell, type Scene, startScene, WELL } from "./scene.ts";

/** What a backend does with a request on a connection that it has answered on before. */
const ENDS: Readonly<Record<string, (exchange: Exchange) => void>> = {
  "closed as the request comes": ({ close }) => close(),
  "reset as the request comes": ({ reset }) => reset(),
};

for (const [ending, end] of Object.entries(ENDS)) {
  Deno.test(`F013: a reused connection ${ending} costs a fresh one, and nothing else`, async () => {
    await using bad = await startPeer((exchange) =>
      exchange.onConnection === 0 ? exchange.write(WELL) : end(exchange)
    );
    const record = await staysInUse(bad);
    assert.deepEqual([bad.connections, bad.requests.length], [2, 3]);
    // cases 10: the record tells that it went out twice.
    includes(record, "\nrepeated   on a fresh connection: the kept one was lost after ");
    includes(record, ", sent again on a fresh connection, ");
  });
}

Deno.test("F013: a connection closed while idle costs a fresh one, and nothing else", async () => {
  const closed = Promise.withResolvers<void>();
  await using bad = await startPeer(async ({ index, write, close, gone }) => {
    await write(WELL);
    if (index > 0) return;
    close();
    await gone;
    closed.resolve();
  });
  await staysInUse(bad, closed.promise);
  assert.deepEqual([bad.connections, bad.requests.length], [2, 2]);
});

Deno.test("F013: a fresh connection that breaks as the reused one did counts", async () => {
  await using bad = await startPeer(({ index, write, reset }) =>
    index === 0 ? write(WELL) : reset()
  );
  await using good = await startReplier(WELL);
  await using scene = await startScene({ bad, good });
  isWell(await scene.ask());
  await nextTurn();
  isWell(await scene.ask());
  assert.deepEqual(scene.tried(), ["bad", "bad", "good"]);
  assert.deepEqual([bad.connections, bad.requests.length], [2, 3]);
  assert.deepEqual(scene.cooling(), ["bad-chat"]);
});

/** Two calls are answered by `bad`, as one attempt each, with another backend at hand. */
async function staysInUse(bad: Peer, between: Promise<void> = nextTurn()): Promise<string> {
  await using good = await startReplier(WELL);
  await using scene = await startScene({ bad, good });
  isWell(await scene.ask());
  await between;
  isWell(await scene.ask());
  assert.deepEqual(scene.tried(), ["bad", "bad"]);
  assert.deepEqual(scene.cooling(), []);
  const record = await scene.record();
  includes(record, "\n== attempt 1: bad (bad-chat)\n");
  assert.ok(!record.includes("== attempt 2"), record);
  assert.equal(good.connections, 0);
  return record;
}

/** Calls that may do twice what they ask when they are sent twice. */
const CREATING = [
  { method: "POST", target: "/v1/batches" },
  { method: "POST", target: "/v1/responses/resp_1/cancel" },
  { method: "PATCH", target: "/v1/threads/1" },
];

for (const { method, target } of CREATING) {
  Deno.test(`cases 10: ${method} ${target} is not sent again when its connection is lost`, async () => {
    await using only = await startPeer((exchange) =>
      exchange.onConnection === 0 ? exchange.write(WELL) : exchange.reset()
    );
    const yaml = `backends: [{ name: only, url: "${only.url}" }]
models: { chat: [{ backend: only, model: m }] }
default_backend: only`;
    await using proxy = await startProxy(yaml);
    isWell(await callRaw(proxy.url, CALL));
    await nextTurn();
    const got = await callRaw(proxy.url, { method, target, body: "{}" });
    assert.equal(got.status, 502);
    assert.deepEqual([only.connections, only.requests.length], [1, 2]);
  });
}

const POISON = new TextEncoder().encode(
  "HTTP/1.1 200 OK\r\nx-from: nobody\r\ncontent-length: 6\r\n\r\npoison",
);

Deno.test("F017: bytes after a reply reach no other caller", async () => {
  await using bad = await startPeer(({ index, write }) =>
    write(index === 0 ? new Uint8Array([...WELL, ...POISON]) : WELL)
  );
  await isNotPoisoned(bad, nextTurn);
});

Deno.test("F017: bytes on an idle connection end it and reach no other caller", async () => {
  const ended = Promise.withResolvers<void>();
  const idle = Promise.withResolvers<void>();
  await using bad = await startPeer(async ({ index, write, gone }) => {
    await write(WELL);
    if (index > 0) return;
    await idle.promise;
    await write(POISON);
    await gone;
    ended.resolve();
  });
  await isNotPoisoned(bad, async () => {
    await nextTurn();
    idle.resolve();
    await ended.promise;
  });
  assert.equal(bad.connections, 2);
});

async function isNotPoisoned(bad: Peer, between: () => Promise<void>): Promise<void> {
  await using scene = await startScene({ bad });
  isWell(await scene.ask());
  await between();
  for (let call = 0; call < 3; call++) await isClean(scene);
  assert.equal(bad.requests.length, 4);
  assert.deepEqual(scene.cooling(), []);
}

async function isClean(scene: Scene): Promise<void> {
  const got = await scene.ask();
  isWell(got);
  assert.ok(!textOf(got).includes("poison"));
  await nextTurn();
}
