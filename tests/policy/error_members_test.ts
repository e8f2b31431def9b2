import assert from "node:assert/strict";
import { errorMembers } from "../../lib/policy/error_members.ts";

Deno.test("errorMembers() finds the error wherever a vendor puts it", () => {
  const error = { code: "slow_down", retry: 3 };
  for (const body of [{ error }, [{ error }], { type: "error", error }, { response: { error } }]) {
    assert.deepEqual(errorMembers(JSON.stringify(body)), error, JSON.stringify(body));
  }
});

Deno.test("errorMembers() takes the top level where there is no error object", () => {
  assert.deepEqual(errorMembers('{"code":"slow_down"}'), { code: "slow_down" });
  assert.deepEqual(errorMembers('{"error":"slow down"}'), { error: "slow down" });
});

Deno.test("errorMembers() gives nothing for what is no JSON object", () => {
  for (const text of ["", "<html>", "null", "[]", "429", '"error"', '{"error":']) {
    assert.deepEqual(errorMembers(text), {}, text);
  }
});
