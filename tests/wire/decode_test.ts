import assert from "node:assert/strict";
import zlib from "node:zlib";
import fc from "fast-check";
import { MemoryGauge } from "../faults/reader.ts";
import { decodeCopy } from "../../lib/wire/decode.ts";

const ERROR_JSON = '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}';
const LARGE = Array.from({ length: 9000 }, (_, i) => `line ${i} ${Math.sin(i)}`).join("\n");
const AMPLE = { maxBytes: 1 << 20 };

type Encode = (plain: Uint8Array) => Uint8Array;

const CODINGS: readonly (readonly [name: string, encode: Encode])[] = [
  ["gzip", zlib.gzipSync],
  ["x-gzip", zlib.gzipSync],
  ["deflate", zlib.deflateSync],
  ["deflate", zlib.deflateRawSync],
  ["br", zlib.brotliCompressSync],
  ...("zstdCompressSync" in zlib ? [["zstd", zlib.zstdCompressSync] as const] : []),
];

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("decodeCopy() gives an unencoded body itself", async () => {
  const body = bytes(ERROR_JSON);
  for (const coding of [undefined, "", "identity", " Identity "]) {
    assert.deepEqual(await decodeCopy(body, coding, AMPLE), { bytes: body, complete: true });
  }
});

Deno.test("decodeCopy() bounds an unencoded body", async () => {
  const copy = await decodeCopy(bytes("abcdef"), undefined, { maxBytes: 4 });
  assert.deepEqual(copy, { bytes: bytes("abcd"), complete: false });
});

Deno.test("decodeCopy() decodes every coding, small and large", async () => {
  for (const [coding, encode] of CODINGS) {
    for (const plain of [ERROR_JSON, LARGE]) {
      const copy = await decodeCopy(encode(bytes(plain)), coding, AMPLE);
      assert(copy !== undefined && copy.complete, coding);
      assert.equal(text(copy.bytes), plain, coding);
    }
  }
});

Deno.test("decodeCopy() gives back whatever was encoded", async () => {
  const anyBytes = fc.uint8Array({ maxLength: 3000 });
  await fc.assert(
    fc.asyncProperty(anyBytes, fc.constantFrom(...CODINGS), async (plain, [coding, encode]) => {
      const copy = await decodeCopy(encode(plain), coding, AMPLE);
      assert.deepEqual(copy, { bytes: plain, complete: true });
    }),
  );
});

Deno.test("decodeCopy() reads a coding's name in any case, beside identity and empty items", async () => {
  const body = zlib.gzipSync(ERROR_JSON);
  for (const coding of ["GZIP", " gzip ", "identity, gzip", "gzip,"]) {
    assert.equal((await decodeCopy(body, coding, AMPLE))?.complete, true, coding);
  }
});

Deno.test("decodeCopy() decodes all members of a gzip body", async () => {
  const body = Uint8Array.from([...zlib.gzipSync("one "), ...zlib.gzipSync("two")]);
  assert.deepEqual(await decodeCopy(body, "gzip", AMPLE), {
    bytes: bytes("one two"),
    complete: true,
  });
});

Deno.test("decodeCopy() gives undefined for unknown and for stacked codings", async () => {
  const twice = zlib.gzipSync(zlib.gzipSync(ERROR_JSON));
  assert.equal(await decodeCopy(twice, "gzip, gzip", AMPLE), undefined);
  assert.equal(await decodeCopy(twice, "br, gzip", AMPLE), undefined);
  assert.equal(await decodeCopy(bytes(ERROR_JSON), "compress", AMPLE), undefined);
});

Deno.test("decodeCopy() gives undefined when the label is wrong", async () => {
  for (const [coding] of CODINGS) {
    assert.equal(await decodeCopy(bytes(ERROR_JSON), coding, AMPLE), undefined, coding);
  }
});

Deno.test("decodeCopy() takes an empty body as empty under any coding", async () => {
  for (const [coding] of CODINGS) {
    const copy = await decodeCopy(new Uint8Array(), coding, AMPLE);
    assert.deepEqual(copy, { bytes: new Uint8Array(), complete: true }, coding);
  }
});

Deno.test("decodeCopy() gives what a truncated body still holds, cut at any byte", async () => {
  for (const [coding, encode] of CODINGS) {
    const whole = encode(bytes(ERROR_JSON));
    for (let cut = 1; cut < whole.length; cut++) {
      const copy = await decodeCopy(whole.subarray(0, cut), coding, AMPLE);
      assert.equal(copy?.complete, false, `${coding} cut at ${cut}`);
      assert(ERROR_JSON.startsWith(text(copy.bytes)), `${coding} cut at ${cut}`);
    }
  }
});

Deno.test("decodeCopy() gives most of a body that lost its last bytes", async () => {
  for (const [coding, encode] of CODINGS) {
    const whole = encode(bytes(LARGE));
    const copy = await decodeCopy(whole.subarray(0, -20), coding, AMPLE);
    assert.equal(copy?.complete, false, coding);
    assert(copy.bytes.length > LARGE.length / 2, coding);
    assert(LARGE.startsWith(text(copy.bytes)), coding);
  }
});

Deno.test("decodeCopy() keeps what came before damage", async () => {
  const body = Uint8Array.from(zlib.gzipSync(LARGE));
  body.fill(0xff, -40, -20);
  const copy = await decodeCopy(body, "gzip", AMPLE);
  assert.equal(copy?.complete, false);
  assert(copy.bytes.length > LARGE.length / 2);
});

Deno.test("decodeCopy() survives any damage in any coding", async () => {
  const encoded = CODINGS.map(([coding, encode]) => ({ coding, whole: encode(bytes(LARGE)) }));
  const spot = fc.record({ place: fc.double({ min: 0, max: 1, noNaN: true }), to: fc.nat(255) });
  const damage = fc.array(spot, { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(damage, fc.constantFrom(...encoded), async (spots, { coding, whole }) => {
      const body = Uint8Array.from(whole);
      for (const { place, to } of spots) body[Math.floor(place * (body.length - 1))] = to;
      const copy = await decodeCopy(body, coding, AMPLE);
      assert((copy?.bytes.length ?? 0) <= AMPLE.maxBytes);
    }),
  );
});

Deno.test("decodeCopy() stops at maxBytes and says so", async () => {
  for (const [coding, encode] of CODINGS) {
    const copy = await decodeCopy(encode(bytes(LARGE)), coding, { maxBytes: 1000 });
    assert.deepEqual(copy, { bytes: bytes(LARGE.slice(0, 1000)), complete: false }, coding);
  }
});

Deno.test("decodeCopy() calls a body of exactly maxBytes complete", async () => {
  for (const [coding, encode] of CODINGS) {
    const copy = await decodeCopy(encode(bytes(ERROR_JSON)), coding, {
      maxBytes: ERROR_JSON.length,
    });
    assert.deepEqual(copy, { bytes: bytes(ERROR_JSON), complete: true }, coding);
  }
});

Deno.test("decodeCopy() leaves a bomb unexploded: the bound limits memory, not only the result", async () => {
  const bomb = await gzipOfZeros(256 << 20);
  const memory = new MemoryGauge();
  const copy = await decodeCopy(bomb, "gzip", { maxBytes: 1 << 16 });
  assert.deepEqual(copy, { bytes: new Uint8Array(1 << 16), complete: false });
  assert(memory.grownMiB < 128);
});

async function gzipOfZeros(size: number): Promise<Uint8Array> {
  const zeros = new Uint8Array(1 << 20);
  let left = size;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (left <= 0) return controller.close();
      left -= zeros.length;
      controller.enqueue(zeros.slice());
    },
  });
  return await new Response(source.pipeThrough(new CompressionStream("gzip"))).bytes();
}
