import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { BodyWatch } from "../../lib/accept/body_watch.ts";
import { requestBody } from "../../lib/accept/request_body.ts";

/** A body whose watch takes a silence of 400 ms for its end. */
function scene({ leastBytes = 1 } = {}) {
  const watch = new BodyWatch({ silenceMs: 400, leastBytes, lookEveryMs: 20 });
  const request = new PassThrough();
  request.on("error", () => {});
  const body = requestBody(request, { announced: undefined, watch });
  return { request, body, [Symbol.dispose]: () => watch.stop() };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

Deno.test("BodyWatch ends a request whose body does not come (F090)", async () => {
  using stalled = scene();
  stalled.request.write("{");
  assert.deepEqual(await stalled.body.read(1000), { kind: "caller_left" });
  assert.equal(stalled.request.destroyed, true);
});

Deno.test("BodyWatch ends an upload of which nothing more comes", async () => {
  using stalled = scene();
  const next = stalled.body.reader();
  stalled.request.write("{");
  assert.ok(await next() !== undefined);
  await assert.rejects(next());
});

Deno.test("BodyWatch leaves a body alone that comes slowly", async () => {
  using slow = scene();
  const read = slow.body.read(1000);
  for (let piece = 0; piece < 6; piece++) {
    slow.request.write("x");
    await sleep(100);
  }
  slow.request.end();
  assert.deepEqual(await read, new TextEncoder().encode("xxxxxx"));
});

Deno.test("BodyWatch leaves an upload alone whose backend is slow", async () => {
  using slow = scene();
  const next = slow.body.reader();
  slow.request.write("x");
  await next();
  await sleep(600);
  slow.request.end("y");
  assert.equal(String(await next()), "y");
  assert.equal(await next(), undefined);
});

Deno.test("H15: BodyWatch ends a body that comes a byte at a time", async () => {
  for (const isUpload of [false, true]) {
    using dripping = scene({ leastBytes: 100 });
    const timer = setInterval(() => dripping.request.write("x"), 50);
    const ended = new Promise((resolve) => dripping.request.on("close", resolve));
    const next = dripping.body.reader;
    if (isUpload) {
      const read = next();
      await assert.rejects(async () => {
        while (await read() !== undefined);
      });
    } else assert.deepEqual(await dripping.body.read(1000), { kind: "caller_left" });
    clearInterval(timer);
    await ended;
  }
});

Deno.test("H15: BodyWatch leaves an upload alone that drips while its backend takes it slowly", async () => {
  using slow = scene({ leastBytes: 100 });
  const next = slow.body.reader();
  for (let piece = 0; piece < 12; piece++) {
    slow.request.write("x");
    await next();
    await sleep(50);
  }
  slow.request.end();
  assert.equal(await next(), undefined);
});
