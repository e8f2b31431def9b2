import assert from "node:assert/strict";
import { reply, startReplier } from "./peer.ts";
import { startProxy } from "./proxy.ts";

Deno.test("route() answers from the second backend when the first fails", async () => {
  await using bad = await startReplier(reply(503, "{}"));
  await using good = await startReplier(reply(200, `{"ok":true}`));
  await using proxy = await startProxy(`
backends:
  - { name: bad, url: "${bad.url}" }
  - { name: good, url: "${good.url}" }
models:
  chat:
    - { backend: bad, model: one, priority: 1 }
    - { backend: good, model: two, priority: 2 }
`);
  const response = await fetch(`${proxy.url}/v1/chat/completions`, {
    method: "POST",
    body: `{"model":"chat"}`,
  });
  assert.equal(response.status, 200);
  assert.equal(await response.text(), `{"ok":true}`);
  assert.equal(bad.requests.length, 1);
  assert.equal(new TextDecoder().decode(good.requests[0]?.body), `{"model":"two"}`);
});
