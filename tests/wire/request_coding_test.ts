import assert from "node:assert/strict";
import fc from "fast-check";
import { decode } from "../../lib/wire/decode.ts";
import { type Coding, encode } from "../../lib/wire/encode.ts";
import { contentEncodingOf, decodeRequest } from "../../lib/wire/request_coding.ts";

const MAX = { maxBodyBytes: 4 * 1024 * 1024 };
const BODY = new TextEncoder().encode(`{"model":"chat","messages":[]}`.padEnd(5000, " "));

/** What a caller's header calls each coding. */
const CODINGS: readonly (readonly [Coding, string])[] = [
  ["gzip", "gzip"],
  ["gzip", "X-GZip"],
  ["deflate", "deflate"],
  ["deflate_raw", "deflate"],
  ["br", "br"],
  ["zstd", "zstd"],
  ["zstd", "identity, ZSTD"],
];

for (const [coding, header] of CODINGS) {
  Deno.test(`decodeRequest() decodes ${coding}, sent as ${header}, and tells how it came`, async () => {
    const bytes = await encode(BODY, coding);
    const decoded = await decodeRequest(bytes, header, MAX);
    assert.deepEqual(decoded, { body: BODY, coded: { coding, bytes } });
  });

  Deno.test(`decodeRequest() tells ${coding}, sent as ${header}, that is cut anywhere`, async () => {
    const bytes = await encode(BODY, coding);
    for (let length = 1; length < bytes.length; length++) {
      const decoded = await decodeRequest(bytes.subarray(0, length), header, MAX);
      assert.ok("why" in decoded && decoded.why === "damaged", `${length} of ${bytes.length}`);
    }
  });

  Deno.test(`decodeRequest() stops at the limit of ${coding}, sent as ${header}`, async () => {
    const bytes = await encode(new Uint8Array(MAX.maxBodyBytes + 1), coding);
    const decoded = await decodeRequest(bytes, header, MAX);
    assert.ok("why" in decoded);
    assert.equal(decoded.why, "too_large");
    const whole = await encode(new Uint8Array(1024 * 1024), coding);
    assert.ok(!("kind" in await decodeRequest(whole, header, MAX)));
  });
}

Deno.test("decodeRequest() takes no body that expands beyond all reason", async () => {
  for (const coding of ["br", "zstd"] as const) {
    const bytes = await encode(new Uint8Array(32 * 1024 * 1024), coding);
    const decoded = await decodeRequest(bytes, coding, { maxBodyBytes: 64 * 1024 * 1024 });
    assert.ok("why" in decoded && decoded.why === "too_large", coding);
    assert.ok(decoded.limitBytes < 16 * 1024 * 1024, `${decoded.limitBytes} bytes of ${coding}`);
  }
});

Deno.test("decodeRequest() refuses unknown and stacked codings", async () => {
  const twice = await encode(await encode(BODY, "gzip"), "gzip");
  for (const header of ["compress", "aws-chunked", "gzip, gzip", "zstd,br", "gzip gzip", "*"]) {
    const decoded = await decodeRequest(twice, header, MAX);
    assert.ok("why" in decoded);
    assert.deepEqual([decoded.why, decoded.contentEncoding], ["unsupported", header]);
    assert.deepEqual(decoded.supported, ["gzip", "deflate", "br", "zstd"]);
  }
});

Deno.test("decodeRequest() takes two streams in one body for damage where only one is read", async () => {
  const bytes = await encode(BODY, "zstd");
  const decoded = await decodeRequest(new Uint8Array([...bytes, ...bytes]), "zstd", MAX);
  assert.ok("why" in decoded && decoded.why === "damaged");
});

Deno.test("contentEncodingOf() joins lines, and takes identity for none", () => {
  const of = (...values: readonly string[]) => {
    return contentEncodingOf(values.map((value) => ["Content-Encoding", value]));
  };
  assert.equal(of(), undefined);
  assert.equal(of("identity"), undefined);
  assert.equal(of(""), undefined);
  assert.equal(of("gzip"), "gzip");
  assert.equal(of("gzip", "br"), "gzip,br");
});

Deno.test("await encode() and decode() give back any bytes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 5000 }),
      fc.constantFrom(...CODINGS),
      async (bytes, [coding, header]) => {
        const decoded = await decode(await encode(bytes, coding), header, { maxBytes: 10_000 });
        assert.deepEqual([decoded.ending, decoded.bytes], ["end", bytes]);
      },
    ),
    { numRuns: 300 },
  );
});
