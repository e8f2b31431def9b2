import assert from "node:assert/strict";
import type { NowView } from "../../lib/admin/now_view.ts";
import { callRaw } from "../caller.ts";
import { reply, startReplier } from "../peer.ts";
import { startStage } from "./stage.ts";

Deno.test("models' names that callers make up take no figures from the routes", async () => {
  await using backend = await startReplier(reply(503, `{"error":{"message":"busy"}}`));
  await using stage = await startStage(`
backends: [{ name: own, url: "${backend.url}" }]
models: { chat: [{ backend: own, model: chat }] }
default_backend: own
admin: { listen: "127.0.0.1:0" }
history: { file: "" }
logging: { level: error }
`);
  for (let number = 0; number < 510; number++) {
    await callRaw(stage.url, { body: `{"model":"made-up-${number}"}` });
  }
  await callRaw(stage.url, { body: `{"model":"chat"}` });
  const response = await fetch(`${stage.admin.url}/api/now`);
  const now: NowView = await response.json();
  assert.equal(now.aliases[0]?.routes[0]?.figures.count, 1);
  assert.equal(now.moreCooldowns, 511 - 201);
});
