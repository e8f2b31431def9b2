import assert from "node:assert/strict";
import fc from "fast-check";
import { HeldPieces, SMALL_BYTES } from "../../lib/wire/held_pieces.ts";
import { concat } from "../../lib/wire/receive.ts";

/** The memory that is held: each buffer once. */
function memoryOf(held: HeldPieces): number {
  const buffers = new Set(held.pieces.map(({ buffer }) => buffer));
  return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

Deno.test("HeldPieces holds a million pieces of one byte in a few blocks", () => {
  for (const how of ["keep", "copy"] as const) {
    const held = new HeldPieces();
    const one = Uint8Array.of(7);
    for (let count = 0; count < 1_000_000; count++) held[how](one);
    assert.ok(held.pieces.length < 20, `${held.pieces.length} pieces`);
    assert.ok(memoryOf(held) < 1_500_000, `${memoryOf(held)} bytes`);
    assert.equal(held.take(concat).length, 1_000_000);
    assert.deepEqual([held.length, held.pieces.length], [0, 0]);
  }
});

Deno.test("HeldPieces holds small pieces between large ones in little more than they weigh", () => {
  const held = new HeldPieces();
  const large = new Uint8Array(SMALL_BYTES);
  for (let count = 0; count < 500; count++) {
    held.copy(large);
    held.copy(Uint8Array.of(1));
  }
  assert.ok(memoryOf(held) < 1.1 * held.length, `${memoryOf(held)} for ${held.length} bytes`);
});

Deno.test("HeldPieces.keep() gives a lone piece as it is, and large ones without a copy", () => {
  const held = new HeldPieces();
  const small = Uint8Array.of(1, 2);
  held.keep(small);
  assert.equal(held.peek(), small);
  assert.equal(held.take(concat), small);
  const large = [new Uint8Array(SMALL_BYTES), new Uint8Array(SMALL_BYTES)];
  large.forEach((piece) => held.keep(piece));
  assert.deepEqual(held.pieces.map((piece, at) => piece === large[at]), [true, true]);
});

Deno.test("HeldPieces.copy() is not changed by what its piece becomes", () => {
  const held = new HeldPieces();
  const piece = Uint8Array.of(1, 2);
  held.copy(piece);
  piece.fill(9);
  held.copy(piece);
  piece.fill(0);
  assert.deepEqual([...held.peek()], [1, 2, 9, 9]);
});

const sizes = fc.array(
  fc.oneof(fc.nat({ max: 9 }), fc.nat({ max: 9000 }), fc.constant(SMALL_BYTES - 1)),
  { maxLength: 40 },
);

Deno.test("HeldPieces gives the bytes in order, whatever is kept, copied or looked at", () => {
  fc.assert(fc.property(sizes, fc.nat({ max: 40 }), (lengths, peekAt) => {
    const held = new HeldPieces();
    const whole: number[] = [];
    lengths.forEach((length, at) => {
      const piece = new Uint8Array(length).map((_, index) => at + index);
      whole.push(...piece);
      if (at === peekAt) held.peek();
      if (at % 2 === 0) held.keep(piece);
      else held.copy(piece);
    });
    assert.equal(held.length, whole.length);
    assert.deepEqual([...held.peek()], whole);
    assert.deepEqual([...held.take(concat)], whole);
  }));
});

Deno.test("HeldPieces holds a few events in a small block", () => {
  const held = new HeldPieces();
  for (let count = 0; count < 3; count++) held.keep(new Uint8Array(200));
  assert.ok(memoryOf(held) <= 200 + SMALL_BYTES, `${memoryOf(held)} bytes`);
});
