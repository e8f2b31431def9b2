import assert from "node:assert/strict";
import { parseErrorCodes } from "../../lib/config/error_codes.ts";

function read(entry: number | string) {
  const parsed = parseErrorCodes(entry);
  return parsed.ok ? parsed.value : undefined;
}

Deno.test("parseErrorCodes() reads one status, as a number or as text", () => {
  assert.deepEqual(read(429), [429]);
  assert.deepEqual(read("429"), [429]);
});

Deno.test("parseErrorCodes() reads a family", () => {
  assert.deepEqual([read("5xx")?.at(0), read("5xx")?.at(-1), read("4XX")?.length], [500, 599, 100]);
});

Deno.test("parseErrorCodes() reads a range with both its ends", () => {
  assert.deepEqual(read("500-503"), [500, 501, 502, 503]);
});

Deno.test("parseErrorCodes() refuses what is no status from 400 to 599", () => {
  for (
    const entry of [
      399,
      600,
      200,
      429.5,
      NaN,
      -429,
      "",
      "2xx",
      "xx",
      "503-500",
      "399-401",
      "599-600",
    ]
  ) {
    assert.equal(read(entry), undefined, String(entry));
  }
  for (const entry of ["500 - 503", "5x", "5xxx", "0500", "four"]) {
    assert.equal(read(entry), undefined);
  }
});
