import assert from "node:assert/strict";
import { zstdFrameBytes } from "../../lib/wire/zstd_frame.ts";

/** "hello" and a line feed, as `zstd` writes it: single segment, one raw block, a checksum. */
const HELLO = Uint8Array.from(
  [0x28, 0xb5, 0x2f, 0xfd, 0x24, 6, 0x31, 0, 0, 104, 101, 108, 108, 111, 10, 1, 2, 3, 4],
);

/** No single segment, so a window byte; one repeated-byte block (100 times "a"), no checksum. */
const REPEATED = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58, 0x23, 0x03, 0, 97]);

Deno.test("zstdFrameBytes() gives the length of a whole frame, whatever follows it", () => {
  assert.equal(zstdFrameBytes(HELLO), HELLO.length);
  assert.equal(zstdFrameBytes(REPEATED), REPEATED.length);
  assert.equal(zstdFrameBytes(Uint8Array.from([...HELLO, 1, 2, 3])), HELLO.length);
});

Deno.test("zstdFrameBytes() gives undefined for a frame cut at any byte", () => {
  for (let cut = 0; cut < HELLO.length; cut++) {
    assert.equal(zstdFrameBytes(HELLO.subarray(0, cut)), undefined, `cut at ${cut}`);
  }
});

Deno.test("zstdFrameBytes() gives undefined for what is no frame", () => {
  assert.equal(zstdFrameBytes(new TextEncoder().encode("plain text, no frame")), undefined);
});
