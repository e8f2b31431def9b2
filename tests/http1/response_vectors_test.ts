import assert from "node:assert/strict";
import { RESPONSE_VECTORS } from "../http/response_vectors.ts";
import { comparable, fuzzResponses } from "./response_fuzz.ts";
import { toldOf } from "./responses.ts";

/** A longer one says nothing more of how heads are cut. */
const LONGEST = 600;

Deno.test("ResponseParser tells the same of every vector wherever its bytes are cut", () => {
  for (const { bytes, method, name } of RESPONSE_VECTORS) {
    if (bytes.length > LONGEST) continue;
    const whole = comparable(toldOf([bytes], { method }));
    for (let at = 0; at <= bytes.length; at++) {
      const cut = comparable(toldOf([bytes.slice(0, at), bytes.slice(at)], { method }));
      assert.deepEqual(cut, whole, `${name}, at ${at}`);
    }
  }
});

Deno.test("ResponseParser throws for nothing, and tells the same in any pieces: a short fuzz run", () => {
  fuzzResponses(5_000);
});
