import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { BodyWatch } from "../../lib/accept/body_watch.ts";
import { requestBody } from "../../lib/accept/request_body.ts";

/** A body whose watch takes a silence of 400 ms for its end. */
function scene() {
  const watch = new BodyWatch({ silenceMs: 400, lookEveryMs: 20 });
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
