import assert from "node:assert/strict";
import { parseJson } from "../../lib/dialect/json_object.ts";

Deno.test("H15: parseJson() takes a long text that is nested beyond all use for none", () => {
  const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
  assert.equal(parseJson(deep(100_000)), undefined);
  assert.equal(parseJson(`{"a":${`{"a":`.repeat(20_000)}1${"}".repeat(20_001)}`), undefined);
  assert.notEqual(parseJson(deep(2000)), undefined);
  // Brackets in strings, and many beside one another, are no depth.
  const text = JSON.stringify({ a: `\\"${"[".repeat(100_000)}`, b: Array(50_000).fill([]) });
  assert.deepEqual(parseJson(text), JSON.parse(text));
});
