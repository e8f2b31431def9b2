import assert from "node:assert/strict";
import { type Caller, callRaw, connectTo, requestBytes, textOf } from "./caller.ts";
import { chain, watchAttempts } from "./chain.ts";
import {
  chunk,
  CONTENT,
  type Peer,
  reply,
  type Script,
  startPeer,
  startReplier,
  STREAM_HEAD,
} from "./peer.ts";
import { startProxy, type TestProxy } from "./proxy.ts";

const CALL = requestBytes({ body: `{"model":"chat","stream":true}` });

interface Scene extends AsyncDisposable {
  readonly proxy: TestProxy;
  readonly backend: Peer;
  readonly caller: Caller;
  /** Resolves when the backend's first connection is over. */
  readonly backendGone: Promise<void>;
}

/** A caller of a backend that handles its first request by the script, and answers all others. */
async function meet(script: Script): Promise<Scene> {
  const gone = Promise.withResolvers<void>();
  const stack = new AsyncDisposableStack();
  const backend = stack.use(
    await startPeer(async (exchange) => {
      if (exchange.index > 0) return await exchange.write(reply(200, `{"from":"backend"}`));
      exchange.gone.then(gone.resolve);
      await script(exchange);
    }),
  );
  const other = stack.use(await startReplier(reply(200, `{"from":"other"}`)));
  const proxy = stack.use(await startProxy(chain({ backend, other })));
  const caller = stack.use(await connectTo(proxy.url));
  return {
    proxy,
    backend,
    caller,
    backendGone: gone.promise,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The backend is let go within a second of the caller's leaving, and nothing is held against it. */
async function letsGo({ proxy, caller, backendGone }: Scene): Promise<void> {
  const attempts = watchAttempts(proxy);
  const recorded = new Promise<void>((resolve) => {
    proxy.state.journal.watch({ onAttempt: () => {}, onEnd: () => resolve() });
  });
  const leftAtMs = performance.now();
  caller.leave();
  await Promise.all([backendGone, recorded]);
  const tookMs = performance.now() - leftAtMs;
  assert.ok(tookMs < 1000, `the backend was let go after ${tookMs} ms`);
  assert.ok(!attempts.take().includes("other"));
  const [log = ""] = await proxy.logs();
  assert.match(log, /^== ending\ncaller left after /m);
  assert.deepEqual(await proxy.logs("errors"), []);
  const next = await callRaw(proxy.url, { body: `{"model":"chat"}` });
  assert.equal(textOf(next), `{"from":"backend"}`);
}

for (const size of [0, 1_000, 1_000_000]) {
  Deno.test(`route() aborts the attempt when the caller of ${size} bytes leaves before the head`, async () => {
    await using scene = await meet(() => {});
    const body = `{"model":"chat","stream":true,"pad":"${"x".repeat(size)}"}`;
    const bytes = requestBytes({ body });
    await scene.caller.send(bytes.subarray(0, 200));
    await scene.caller.send(bytes.subarray(200));
    await scene.backend.seen(0);
    await letsGo(scene);
  });
}

Deno.test("route() aborts the attempt when the caller leaves a silent stream", async () => {
  await using scene = await meet(({ write }) => write(STREAM_HEAD + chunk(CONTENT)));
  await scene.caller.send(CALL);
  await scene.caller.until(CONTENT);
  await letsGo(scene);
});

Deno.test("route() aborts the attempt when the caller leaves a stream under way", async () => {
  await using scene = await meet(async ({ write, gone }) => {
    let over = false;
    gone.then(() => over = true);
    await write(STREAM_HEAD);
    while (!over) {
      await write(chunk(CONTENT));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  await scene.caller.send(CALL);
  await scene.caller.until(CONTENT);
  await letsGo(scene);
});

Deno.test("route() aborts the attempt when the caller leaves during an error reply", async () => {
  const head = "HTTP/1.1 503 X\r\ncontent-length: 50\r\n\r\nhalf";
  await using scene = await meet(({ write }) => write(head));
  await scene.caller.send(CALL);
  await scene.backend.seen(0);
  await letsGo(scene);
});

Deno.test("route() lets go of an earlier error reply, too large to hold, when the caller leaves", async () => {
  const gone = Promise.withResolvers<void>();
  await using first = await startPeer(async (exchange) => {
    exchange.gone.then(gone.resolve);
    await exchange.write("HTTP/1.1 500 X\r\ntransfer-encoding: chunked\r\n\r\n");
    await exchange.write(chunk("x".repeat(3_000_000)));
  });
  await using second = await startPeer(() => {});
  await using proxy = await startProxy(chain({ first, second }));
  await using caller = await connectTo(proxy.url);
  await caller.send(CALL);
  await second.seen(0);
  caller.leave();
  await gone.promise;
});

Deno.test("route() asks no backend when the caller leaves before its body is whole", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await connectTo(proxy.url);
  const recorded = new Promise<void>((resolve) => {
    proxy.state.journal.watch({ onAttempt: () => {}, onEnd: () => resolve() });
  });
  await caller.send("POST /v1/x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{");
  caller.leave();
  await recorded;
  assert.equal(backend.connections, 0);
  assert.match((await proxy.logs())[0] ?? "", /it did not arrive whole/);
});
