import assert from "node:assert/strict";
import { usageMembers } from "../../lib/wire/usage_members.ts";
import { bytesOf } from "./streams.ts";

/** A reply as it is, and one that is too large to be parsed whole. */
const PADDINGS = ["", "x".repeat(10_000)];

Deno.test("usageMembers() gives the members of a reply that tell of tokens, and no others", () => {
  const usage = { prompt_tokens: 1 };
  for (const id of PADDINGS) {
    const reply = { id, usage, choices: [{ usage: 2 }], usageMetadata: [3] };
    assert.deepEqual(usageMembers(bytesOf(JSON.stringify(reply))), { usage, usageMetadata: [3] });
  }
});

Deno.test("usageMembers() gives nothing where there are none, or what is there is no JSON", () => {
  for (const padding of PADDINGS) {
    const texts = [
      `{"a":{"usage":{}},"b":"${padding}"}`,
      `{"text":"usage ${padding}"}`,
      `["usage","${padding}"]`,
      `{"b":"${padding}","usage":`,
      padding,
    ];
    for (const text of texts) assert.equal(usageMembers(bytesOf(text)), undefined);
  }
});
