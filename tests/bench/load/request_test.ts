import assert from "node:assert/strict";
import { makeRequest } from "./request.ts";

function parts(bytes: number): { readonly head: string; readonly body: string } {
  const request = makeRequest({ script: "sse", bytes, port: 1, headers: ["x-one: 1"] });
  const [head = "", body = ""] = new TextDecoder().decode(request).split("\r\n\r\n");
  return { head, body };
}

Deno.test("makeRequest() makes JSON of exactly the size asked for", () => {
  for (const bytes of [1_000, 1_001, 10_000, 100_000]) {
    const { head, body } = parts(bytes);
    assert.equal(body.length, bytes);
    assert.equal(JSON.parse(body).model, "gpt-bench");
    assert.match(head, new RegExp(`\\r\\nContent-Length: ${bytes}$`));
  }
});

Deno.test("makeRequest() names the script in the credential and keeps further header lines", () => {
  const { head } = parts(1_000);
  assert.match(head, /^POST \/v1\/chat\/completions HTTP\/1\.1\r\nHost: 127\.0\.0\.1:1\r\n/);
  assert.match(head, /\r\nAuthorization: Bearer sk-sse-/);
  assert.match(head, /\r\nx-one: 1\r\n/);
});
