import assert from "node:assert/strict";
import { usageMembers } from "../../lib/wire/usage_members.ts";
import { bytesOf } from "./streams.ts";

Deno.test("usageMembers() gives the members of a reply that tell of tokens, and no others", () => {
  const reply = {
    id: "x",
    usage: { prompt_tokens: 1 },
    choices: [{ usage: 2 }],
    usageMetadata: [3],
  };
  assert.deepEqual(usageMembers(bytesOf(JSON.stringify(reply))), {
    usage: { prompt_tokens: 1 },
    usageMetadata: [3],
  });
});

Deno.test("usageMembers() gives nothing where there are none, or what is there is no JSON", () => {
  for (const text of [`{"a":{"usage":{}}}`, `{"text":"usage"}`, `["usage"]`, `{"usage":`, ""]) {
    assert.equal(usageMembers(bytesOf(text)), undefined);
  }
  assert.deepEqual(usageMembers(bytesOf(`{"usage":{"a":"\\x"}}`)), { usage: undefined });
});
