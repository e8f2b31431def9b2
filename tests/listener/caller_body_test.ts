import assert from "node:assert/strict";
import { CallerBody } from "../../lib/listener/caller_body.ts";

const MIB = 1024 * 1024;

/** What the heap and its buffers hold, once half a million pieces of one byte have come. */
async function heldAfter(begin: (body: CallerBody) => Promise<unknown>): Promise<number> {
  const body = new CallerBody({ announced: undefined, onWanted() {}, onRoom() {} });
  const got = begin(body);
  const one = new Uint8Array(1);
  const before = Deno.memoryUsage();
  for (let count = 0; count < 500_000; count++) body.take(one);
  const after = Deno.memoryUsage();
  body.finish();
  await got;
  return after.heapUsed + after.external - before.heapUsed - before.external;
}

Deno.test("CallerBody.read() holds pieces of one byte in about what they weigh", async () => {
  const held = await heldAfter((body) => body.read(64 * MIB));
  assert.ok(held < 40 * MIB, `${held >> 20} MiB`);
});

Deno.test("CallerBody.reader() holds pieces of one byte in about what they weigh", async () => {
  const held = await heldAfter((body) => {
    body.reader();
    return Promise.resolve();
  });
  assert.ok(held < 40 * MIB, `${held >> 20} MiB`);
});

Deno.test("CallerBody.read() gives what came before it was asked for, and after, in order", async () => {
  const body = new CallerBody({ announced: undefined, onWanted() {}, onRoom() {} });
  body.take(Uint8Array.of(1));
  body.take(Uint8Array.of(2));
  const whole = body.read(10);
  body.take(Uint8Array.of(3));
  body.finish();
  assert.deepEqual(await whole, Uint8Array.of(1, 2, 3));
});

Deno.test("CallerBody has a destination for the rest of an announced body that is read whole, and for nothing else", async () => {
  const body = new CallerBody({ announced: 10, onWanted() {}, onRoom() {} });
  body.take(Uint8Array.of(0, 1));
  assert.equal(body.destination(), undefined, "nobody wants it yet");
  const whole = body.read(10);
  body.take(Uint8Array.of(2));
  const rest = body.destination();
  assert.equal(rest?.length, 7);
  rest?.set([3, 4, 5]);
  body.take(new Uint8Array(rest?.buffer ?? new ArrayBuffer(), rest?.byteOffset, 3));
  body.take(Uint8Array.of(6, 7, 8, 9));
  assert.equal(body.destination(), undefined, "nothing is missing");
  body.finish();
  assert.deepEqual(await whole, Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  assert.equal(body.destination(), undefined, "it is somebody else's");
});

Deno.test("CallerBody has no destination for a body in chunks, for one in pieces, for one that is dropped", () => {
  const chunked = new CallerBody({ announced: undefined, onWanted() {}, onRoom() {} });
  void chunked.read(10);
  assert.equal(chunked.destination(), undefined);
  const upload = new CallerBody({ announced: 10, onWanted() {}, onRoom() {} });
  upload.reader();
  assert.equal(upload.destination(), undefined);
  const dropped = new CallerBody({ announced: 10, onWanted() {}, onRoom() {} });
  void dropped.read(10);
  dropped.drop();
  assert.equal(dropped.destination(), undefined);
});
