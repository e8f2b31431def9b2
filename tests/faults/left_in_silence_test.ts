/** Callers who leave a route in silence and come again: it is second choice for them, and cools for nobody. */
import assert from "node:assert/strict";
import { type Caller, callRaw, connectTo, requestBytes, textOf } from "../caller.ts";
import { chain, watchAttempts } from "../chain.ts";
import {
  chunk,
  CONTENT,
  DONE,
  type Peer,
  reply,
  type Script,
  startPeer,
  STREAM_HEAD,
} from "../peer.ts";
import { startProxy, type TestProxy } from "../proxy.ts";

const SESSION = ["x-session-id: s-1"];
const BODY = bodyOf("Hi");

function bodyOf(said: string): string {
  return `{"model":"chat","stream":true,"messages":[{"role":"user","content":"${said}"}]}`;
}

interface Scene extends AsyncDisposable {
  readonly proxy: TestProxy;
  readonly slow: Peer;
  readonly take: () => string[];
}

const answering: Script = ({ write }) => write(STREAM_HEAD + chunk(CONTENT + DONE) + chunk(""));

async function meet(
  silence: Script,
  { rest = "", other = answering }: { readonly rest?: string; readonly other?: Script } = {},
): Promise<Scene> {
  const stack = new AsyncDisposableStack();
  const slow = stack.use(await startPeer(silence));
  const fine = stack.use(await startPeer(other));
  const proxy = stack.use(await startProxy(chain({ slow, other: fine }, rest)));
  const { take } = watchAttempts(proxy);
  return { proxy, slow, take, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

interface Leaving {
  readonly seconds?: number;
  readonly lines?: readonly string[];
  readonly body?: string;
  readonly until?: (caller: Caller) => Promise<void>;
}

/** A caller who leaves after that time; by then the backend has that many requests. */
async function leave(
  { proxy, slow }: Scene,
  { seconds = 60, lines = SESSION, body = BODY, until }: Leaving = {},
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  proxy.state.journal.watch({ onAttempt: () => {}, onEnd: () => resolve() });
  const before = slow.requests.length;
  await using caller = await connectTo(proxy.url);
  await caller.send(requestBytes({ body, lines }));
  await slow.seen(before);
  await until?.(caller);
  proxy.pass(seconds);
  caller.leave();
  await promise;
}

/** Whom the next request is sent to first, by a caller who leaves again where nobody answers. */
async function first(
  scene: Scene,
  { lines = SESSION, body = BODY }: Pick<Leaving, "lines" | "body"> = {},
): Promise<string | undefined> {
  scene.take();
  const { promise, resolve } = Promise.withResolvers<void>();
  scene.proxy.state.journal.watch({ onAttempt: () => {}, onEnd: () => resolve() });
  const before = scene.slow.requests.length;
  await using caller = await connectTo(scene.proxy.url);
  await caller.send(requestBytes({ body, lines }));
  await Promise.race([scene.slow.seen(before), promise]);
  caller.leave();
  await promise;
  return scene.take()[0];
}

const NOTHING: Script = () => {};
const PINGS: Script = ({ write }) => write(STREAM_HEAD + chunk(": ping\n\n"));
const SILENCES: Readonly<Record<string, Script>> = {
  "nothing at all": NOTHING,
  "a head": ({ write }) => write(STREAM_HEAD),
  "comments": PINGS,
  "a ping": ({ write }) => write(STREAM_HEAD + chunk(`event: ping\ndata: {"type":"ping"}\n\n`)),
};

for (const [name, script] of Object.entries(SILENCES)) {
  Deno.test(`cases 15: who left ${name} and comes again is answered by the next route`, async () => {
    await using scene = await meet(script);
    await leave(scene);
    scene.take();
    const answer = await callRaw(scene.proxy.url, { body: BODY, lines: SESSION });
    assert.match(textOf(answer), /Hello/);
    assert.deepEqual(scene.take(), ["other"]);
    const log = (await scene.proxy.logs()).at(-1) ?? "";
    assert.match(log, /^put off {4}slow \(slow-model\): its caller left after 60 s of silence$/m);
  });
}

Deno.test("cases 15: a departure from a stream that was passed on for its pings counts as well", async () => {
  await using scene = await meet(PINGS, { rest: "detection: { hold_seconds: 0.02 }" });
  await leave(scene, { until: (caller) => caller.until(": ping") });
  assert.equal(await first(scene), "other");
});

Deno.test("cases 15: without a session it is the same request that comes again, from its first turn on", async () => {
  await using scene = await meet(NOTHING);
  await leave(scene, { lines: [] });
  assert.equal(await first(scene, { lines: [], body: bodyOf("Something else") }), "slow");
  assert.equal(await first(scene, { lines: [] }), "other");
});

Deno.test("cases 15: a short silence, another message, another conversation or a late return change nothing", async () => {
  for (
    const [left, next, waited] of [
      [{ seconds: 19 }, {}, 0],
      [{}, { body: bodyOf("Something else") }, 0],
      [{}, { lines: ["x-session-id: s-2"] }, 0],
      [{}, {}, 61],
      [{}, { lines: [...SESSION, "x-stainless-retry-count: 0"] }, 61],
    ] as const
  ) {
    await using scene = await meet(NOTHING);
    await leave(scene, left);
    scene.proxy.pass(waited);
    assert.equal(await first(scene, next), "slow", JSON.stringify([left, next, waited]));
  }
});

Deno.test("cases 15: x-stainless-retry-count above 0 says that it comes again", async () => {
  await using scene = await meet(NOTHING);
  await leave(scene);
  scene.proxy.pass(90);
  assert.equal(await first(scene, { lines: [...SESSION, "x-stainless-retry-count: 1"] }), "other");
});

Deno.test("cases 15: content is no silence, however long what follows takes", async () => {
  await using scene = await meet(({ write }) => write(STREAM_HEAD + chunk(CONTENT)));
  await leave(scene, { until: (caller) => caller.until("Hello") });
  assert.equal(await first(scene), "slow");
});

Deno.test("cases 15: it is for that conversation alone, for its later turns, and for 5 minutes", async () => {
  await using scene = await meet(NOTHING, { rest: "fallback: { affinity_seconds: 0 }" });
  await leave(scene);
  assert.equal(await first(scene), "other");
  assert.equal(await first(scene, { lines: ["x-session-id: s-2"] }), "slow");
  scene.proxy.pass(200);
  assert.equal(await first(scene, { body: bodyOf("And then") }), "other");
  scene.proxy.pass(101);
  assert.equal(await first(scene), "slow");
});

Deno.test("cases 15: the conversation's home is second choice too, and takes what others refuse", async () => {
  const scripts: Script[] = [answering, NOTHING, answering];
  const refusing: Script = ({ write }) =>
    write(reply(400, `{"error":{"message":"Invalid signature in thinking block"}}`));
  await using scene = await meet((exchange) => scripts[exchange.index]?.(exchange), {
    other: refusing,
  });
  await callRaw(scene.proxy.url, { body: BODY, lines: SESSION });
  await leave(scene);
  scene.take();
  const answer = await callRaw(scene.proxy.url, { body: BODY, lines: SESSION });
  assert.deepEqual(scene.take(), ["other", "slow"]);
  assert.match(textOf(answer), /Hello/);
});

Deno.test("cases 15: where every route was left, the one left longest ago is tried first", async () => {
  await using scene = await meet(NOTHING, { other: () => {} });
  await leave(scene);
  const second = connectTo(scene.proxy.url);
  {
    const { promise, resolve } = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    scene.proxy.state.journal.watch({ onAttempt: () => {}, onEnd: () => resolve() });
    await using caller = await second;
    await caller.send(requestBytes({ body: BODY, lines: SESSION }));
    const look = setInterval(() => {
      if (scene.proxy.state.health.inFlight({ name: "other" }) > 0) begun.resolve();
    }, 5);
    await begun.promise;
    clearInterval(look);
    scene.proxy.pass(60);
    caller.leave();
    await promise;
  }
  assert.equal(await first(scene), "slow");
});
