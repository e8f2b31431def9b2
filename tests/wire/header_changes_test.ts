import assert from "node:assert/strict";
import { removeHeaders, setHeaders } from "../../lib/wire/header_changes.ts";
import type { RawHeaders } from "../../lib/wire/headers.ts";

const NOTHING = { set: [], remove: new Set<string>() };
const THEIRS: RawHeaders = [["X-Team", "red"], ["accept", "*/*"], ["x-team", "green"], [
  "X-B",
  "1",
]];

Deno.test("removeHeaders() takes out every line of a name, in any case", () => {
  const remove = new Set(["x-team"]);
  assert.deepEqual(removeHeaders(THEIRS, { ...NOTHING, remove }), [["accept", "*/*"], [
    "X-B",
    "1",
  ]]);
  assert.equal(removeHeaders(THEIRS, NOTHING), THEIRS);
});

Deno.test("setHeaders() puts a header where the caller's of that name stood, in its own spelling", () => {
  assert.deepEqual(setHeaders(THEIRS, { ...NOTHING, set: [["X-TEAM", "blue"]] }), [
    ["X-TEAM", "blue"],
    ["accept", "*/*"],
    ["X-B", "1"],
  ]);
});

Deno.test("setHeaders() puts a header that the caller did not send at the end, in the order written", () => {
  const set = [["X-Z", "1"], ["X-A", ""]] as const;
  assert.deepEqual(setHeaders([["accept", "*/*"]], { ...NOTHING, set }), [
    ["accept", "*/*"],
    ["X-Z", "1"],
    ["X-A", ""],
  ]);
  assert.equal(setHeaders(THEIRS, NOTHING), THEIRS);
});
