import assert from "node:assert/strict";
import zlib from "node:zlib";
import { decodeCopy } from "../../lib/wire/decode.ts";

/** A frame of "a" 102400 times, as one repeated-byte block, and then a block of no valid type. */
const DAMAGED_LATE = Uint8Array.from([
  ...[0x28, 0xb5, 0x2f, 0xfd, 0, 0x58],
  ...[0x02, 0x80, 0x0c, 0x61],
  ...[0x0f, 0, 0],
]);

// Deno throws such damage where nobody can catch it, and the decoder never ends, once one write has
// filled its output chunk: that would end the process, at the backend's will.
Deno.test({
  name: "decodeCopy() survives damage behind more output than a decoder's chunk",
  ignore: !("createZstdDecompress" in zlib),
  async fn() {
    for (const maxBytes of [1, 100, 16 * 1024, 64 * 1024]) {
      const copy = await decodeCopy(DAMAGED_LATE, "zstd", { maxBytes });
      assert.deepEqual(copy, { bytes: new Uint8Array(maxBytes).fill(0x61), complete: false });
    }
    for (const maxBytes of [102_399, 102_400, 1024 * 1024]) {
      const copy = await decodeCopy(DAMAGED_LATE, "zstd", { maxBytes });
      assert.notEqual(copy?.complete, true);
    }
  },
});
