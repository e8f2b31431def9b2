import assert from "node:assert/strict";
import fc from "fast-check";
import { ReadBuffer } from "../../lib/connections/read_buffer.ts";

/** Reads of these sizes, as far as there is room; what came, as it was and as it is held. */
function read(sizes: readonly number[]) {
  const buffer = new ReadBuffer();
  let byte = 0;
  return sizes.map((size) => {
    const room = buffer.room();
    const count = Math.min(size, room.length);
    room.fill(byte = (byte + 1) % 251, 0, count);
    return { was: byte, count, room: room.length, held: buffer.taken(count) };
  });
}

Deno.test("ReadBuffer leaves what has come as it was, whatever comes after it", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 70_000 })), (sizes) => {
    for (const { was, count, held } of read(sizes)) {
      assert.equal(held.length, count);
      assert.ok(held.every((byte) => byte === was));
    }
  }));
});

Deno.test("ReadBuffer has little room while bytes drip, much once they fill it, and little again", () => {
  assert.ok(read(Array(100).fill(300)).every(({ room }) => room >= 512 && room <= 4_096));
  const rooms = read([4_096, 65_536, 65_536, 100, 100]).map(({ room }) => room);
  assert.deepEqual(rooms, [4_096, 65_536, 65_536, 65_536, 4_096]);
});

Deno.test("ReadBuffer.settle() gives up a large place", () => {
  const buffer = new ReadBuffer();
  buffer.taken(buffer.room().length);
  buffer.settle();
  assert.equal(buffer.room().length, 4_096);
});
