import assert from "node:assert/strict";
import { startReplier } from "../peer.ts";
import { sceneryConfig } from "./scenery.ts";
import { type Stage, startStage } from "./stage.ts";

async function onStage(act: (stage: Stage) => Promise<void>): Promise<void> {
  await using peer = await startReplier("");
  await using stage = await startStage(sceneryConfig([peer, peer, peer]));
  await act(stage);
}

async function messageOf(response: Response): Promise<string> {
  const { error } = await response.json();
  return `${response.status} ${error.message}`;
}

Deno.test("cases 14: a call of a model on the admin port is told the right port", async () => {
  await onStage(async ({ admin, url }) => {
    for (
      const path of ["/v1/chat/completions", "/v1/messages", "/v1beta/models/m:generateContent"]
    ) {
      const headers = { "content-type": "application/json" };
      const asked = await fetch(admin.url + path, { method: "POST", headers, body: "{}" });
      assert.equal(
        await messageOf(asked),
        `404 There is no POST ${path} here: this is the admin port, of the dashboard and /metrics. ` +
          `Calls of models go to ${url} (listen in the configuration).`,
      );
    }
    assert.match(
      await messageOf(await fetch(`${admin.url}/v1/models`)),
      /^404 There is no GET \/v1\/models/,
    );
  });
});

Deno.test("another site's page is told nothing but that it is one", async () => {
  await onStage(async ({ admin }) => {
    const headers = { origin: "https://evil.example" };
    const asked = await fetch(`${admin.url}/v1/models`, { headers });
    assert.match(await messageOf(asked), /^403 The request comes from another site's page/);
  });
});

Deno.test("cases 14: who looks for the dashboard on the proxy's port is told where it is", async () => {
  await onStage(async ({ url }) => {
    for (const path of ["/", "/metrics", "/dashboard", "/api/now"]) {
      assert.match(
        await messageOf(await fetch(url + path)),
        /^400 .* The dashboard and \/metrics are on a port of their own: admin\.listen/,
        path,
      );
    }
    assert.doesNotMatch(await messageOf(await fetch(`${url}/v1/files`)), /dashboard/);
  });
});
