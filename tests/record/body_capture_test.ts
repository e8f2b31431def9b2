import assert from "node:assert/strict";
import { BodyCapture } from "../../lib/record/body_capture.ts";

function captured(limitBytes: number, ...sizes: readonly number[]): BodyCapture {
  const capture = new BodyCapture(limitBytes);
  sizes.forEach((size, index) => capture.add(new Uint8Array(size).fill(index + 1)));
  return capture;
}

Deno.test("BodyCapture.add() keeps a body within the limit whole", () => {
  const capture = captured(10, 2, 0, 3);
  assert.deepEqual([...capture.bytes()], [1, 1, 3, 3, 3]);
  assert.equal(capture.totalBytes, 5);
  assert.equal(capture.truncated, false);
});

Deno.test("BodyCapture.add() counts beyond the limit what it does not keep (F155)", () => {
  const mib = 1024 * 1024;
  const capture = captured(1000, ...Array.from({ length: 100 }, () => mib));
  assert.equal(capture.totalBytes, 100 * mib);
  assert.ok(capture.keptBytes <= capture.keptAtMostBytes);
  assert.equal(capture.bytes().length, capture.keptBytes);
  assert.equal(capture.truncated, true);
});

Deno.test("BodyCapture.add() keeps no more of a large chunk alive than it keeps", () => {
  const [capture, large] = [new BodyCapture(1000), new Uint8Array(1024 * 1024)];
  capture.add(large);
  assert.equal(capture.bytes().buffer.byteLength, capture.keptBytes);
});

Deno.test("BodyCapture.add() keeps a margin over the limit, so that a key across it is seen whole", () => {
  const capture = captured(1000, 999, 500);
  assert.equal(capture.keptBytes, 1499);
  assert.equal(capture.truncated, true);
});

Deno.test("BodyCapture.truncated is whether more came than the limit", () => {
  assert.equal(captured(10, 10).truncated, false);
  assert.equal(captured(10, 10, 1).truncated, true);
  assert.equal(captured(0).truncated, false);
  assert.equal(captured(0, 1).truncated, true);
});
