/** Rows 15 to 17 of the table, on JSON that came in one piece. */
import assert from "node:assert/strict";
import { inspectJson } from "../../lib/wire/json_reply.ts";
import { bytesOf } from "./streams.ts";

const COMPLETE = { kind: "complete" } as const;

function kindOf(text: string): string {
  return inspectJson(bytesOf(text), COMPLETE).kind;
}

/** Errors in the place of a result. */
const ERRORS: readonly string[] = [
  `{"error":{"message":"Overloaded","type":"overloaded_error"}}`,
  `{"error":"model is loading"}`,
  `\n{ "error" : ["a"] }`,
  `{"type":"error","error":{"type":"overloaded_error"}}`,
  `{"choices":null,"error":{"code":502}}`,
  `{"choices":[ ],"content":"","output":{ },"error":true}`,
  `{"error":null,"error":{"code":1}}`,
  `{"status":"failed","error":{"code":"server_error"},"output":[]}`,
];

/** Answers, whatever they mention. */
const ANSWERS: readonly string[] = [
  `{"choices":[{"message":{"content":"a"}}]}`,
  `{"error":null,"output":[{"type":"message"}]}`,
  `{"error":{ },"id":"r"}`,
  `{"error":"","id":"r"}`,
  `{"error":[],"id":"r"}`,
  `{"error":false}`,
  `{"error":{"message":"cut off"},"choices":[{"message":{"content":"Ser"}}]}`,
  `{"content":[{"type":"text","text":"a"}],"error":{"a":1}}`,
  `{"promptFeedback":{"blockReason":"SAFETY"},"error":{"a":1}}`,
  `{"choices":[{"error":{"code":1}}]}`,
  `{"id":"{\\"error\\":1}"}`,
  `[{"error":{"code":1}}]`,
  `{}`,
  `null`,
  `"error"`,
];

for (const text of ERRORS) {
  Deno.test(`inspectJson() row 15: ${text.trim()} is an error`, () => {
    assert.equal(kindOf(text), "error_body");
  });
}

for (const text of ANSWERS) {
  Deno.test(`inspectJson() takes ${text} for an answer`, () => {
    assert.equal(kindOf(text), "passed");
  });
}

Deno.test("inspectJson() row 15: an error of 0 is none", () => {
  assert.equal(kindOf(`{"error":0,"result":"Servus"}`), "passed");
});

Deno.test("inspectJson() row 16: says from which byte on a body is no JSON", () => {
  const text = `{"choices":[{"message":{"content":"Ser`;
  assert.deepEqual(inspectJson(bytesOf(text), COMPLETE), {
    kind: "wrong_kind",
    what: `no JSON from byte ${text.length} of ${text.length} on`,
  });
  assert.equal(kindOf(`{"choices":[]} trailing`), "wrong_kind");
});

Deno.test("inspectJson() row 17: a body that was cut is cut short, however it reads", () => {
  const end = { kind: "cut", detail: "ECONNRESET" } as const;
  for (const text of [...ERRORS, ...ANSWERS, "{"]) {
    assert.deepEqual(inspectJson(bytesOf(text), end), { kind: "cut_short", detail: "ECONNRESET" });
  }
});
