import assert from "node:assert/strict";
import { connectTo, requestBytes } from "../caller.ts";
import { EMPTY, startListening } from "./listening.ts";

const answer = () => Promise.resolve(EMPTY);

Deno.test("listen() ends a connection on which nothing came, without a word", async () => {
  await using listening = await startListening(answer, { patience: { headMs: 60 } });
  await using caller = await connectTo(listening.url);
  await caller.closed;
  assert.deepEqual(listening.refused, []);
});

Deno.test("listen() answers a head that does not end with 408", async () => {
  await using listening = await startListening(answer, { patience: { headMs: 60 } });
  await using caller = await connectTo(listening.url);
  await caller.send("GET / HTTP/1.1\r\nX-Slow: ");
  assert.equal((await caller.reply()).status, 408);
  await caller.closed;
  assert.match(listening.refused.join(), /408, its head did not come in time/);
});

Deno.test("H15: listen() answers a body that drips with 408, and tells the handler that it will not come", async () => {
  const read = Promise.withResolvers<unknown>();
  await using listening = await startListening(async (incoming) => {
    read.resolve(await incoming.read(1000));
    return EMPTY;
  }, { patience: { bodyMs: 300 } });
  await using caller = await connectTo(listening.url);
  await caller.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n");
  let isOver = false;
  const answered = caller.reply().finally(() => isOver = true);
  while (!isOver) {
    await caller.send("x");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal((await answered).status, 408);
  assert.deepEqual(await read.promise, { kind: "caller_left" });
});

Deno.test("listen() leaves a body alone of which a kilobyte comes each time", async () => {
  await using listening = await startListening(async (incoming) => {
    const body = await incoming.read(100_000);
    return { ...EMPTY, body: body instanceof Uint8Array ? body : new Uint8Array() };
  }, { patience: { bodyMs: 200 } });
  await using caller = await connectTo(listening.url);
  await caller.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12288\r\n\r\n");
  for (let piece = 0; piece < 6; piece++) {
    await caller.send("x".repeat(2048));
    await new Promise((resolve) => setTimeout(resolve, 80));
  }
  assert.equal((await caller.reply()).body.length, 12_288);
});

Deno.test("listen() leaves an upload alone whose reader is slow", async () => {
  const go = Promise.withResolvers<void>();
  await using listening = await startListening(async (incoming) => {
    const next = incoming.reader();
    await next();
    await go.promise;
    while (await next() !== undefined);
    return EMPTY;
  }, { patience: { bodyMs: 100 } });
  await using caller = await connectTo(listening.url);
  await caller.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
  await new Promise((resolve) => setTimeout(resolve, 400));
  go.resolve();
  await caller.send("world");
  assert.equal((await caller.reply()).status, 200);
});

Deno.test("listen() ends a connection that is idle between requests", async () => {
  await using listening = await startListening(answer, { patience: { idleMs: 100 } });
  await using caller = await connectTo(listening.url);
  await caller.send(requestBytes({ method: "GET" }));
  assert.equal((await caller.reply("GET")).status, 200);
  await caller.closed;
});

Deno.test("listen() ends an answer that nobody reads, and cancels where it comes from", async () => {
  const why = Promise.withResolvers<string | undefined>();
  const chunk = new Uint8Array(1024 * 1024);
  await using listening = await startListening(() => {
    const body = { read: () => Promise.resolve(chunk), cancel: why.resolve, patienceMs: 100 };
    return Promise.resolve({ ...EMPTY, body });
  });
  using _caller = await silentReader(listening.port);
  assert.equal(await why.promise, "the caller took nothing for 0.1 s");
});

Deno.test("listen() ends an answer held whole that nobody reads", async () => {
  const left = Promise.withResolvers<void>();
  await using listening = await startListening((incoming) => {
    incoming.signal.addEventListener("abort", left.resolve);
    return Promise.resolve({ ...EMPTY, body: new Uint8Array(64 * 1024 * 1024) });
  }, { patience: { takeMs: 100 } });
  using _caller = await silentReader(listening.port);
  await left.promise;
});

async function silentReader(port: number): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(requestBytes({ method: "GET" }));
  return conn;
}
