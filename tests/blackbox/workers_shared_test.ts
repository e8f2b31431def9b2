/** What the event loops of one program know alike. */
import assert from "node:assert/strict";
import { type Caller, requestBytes, textOf } from "../caller.ts";

import { reply, startPausing, startReplier } from "../peer.ts";
import { eventually, onLinux, startTwoLoops } from "./two_loops.ts";

/** A second alias, whose first backend always answers 429. */
function limited(url: string): string {
  return `
  - { name: limited, url: "${url}" }
models:
  hot:
    - { backend: limited, model: hot-model, priority: 1 }
    - { backend: backend, model: backend-model, priority: 2 }`;
}

async function call(caller: Caller, model: string): Promise<string> {
  await caller.send(requestBytes({ body: `{"model":"${model}"}` }));
  const answer = await caller.reply();
  assert.equal(answer.status, 200);
  return textOf(answer);
}

Deno.test({
  ...onLinux,
  name: "what cools for one loop cools for the other at once, and is told and cleared for both",
  async fn() {
    await using busy = await startReplier(reply(429, "{}"));
    await using loops = await startTwoLoops({ more: limited(busy.url) });
    const [one, other] = [await loops.connectionTo(1), await loops.connectionTo(0)];
    await call(one, "hot");
    for (let left = 5; left > 0; left--) await call(other, "hot");
    assert.equal(busy.requests.length, 1);
    assert.equal(await loops.metric(`llm_proxy_cooling_routes{backend="limited"}`), 1);
    const { cooldowns } = await (await loops.api("/api/cooldowns")).json();
    assert.equal(cooldowns.length, 1);
    await loops.post("/api/cooldowns/clear", { all: true });
    await call(one, "hot");
    await call(other, "hot");
    assert.equal(busy.requests.length, 2);
  },
});

Deno.test({
  ...onLinux,
  name: "a drill that was begun on the admin port fails requests on every loop",
  async fn() {
    await using spare = await startReplier(reply(200, `{"from":"spare"}`));
    await using loops = await startTwoLoops({ more: limited(spare.url) });
    const callers = [await loops.connectionTo(0), await loops.connectionTo(1)];
    await loops.post("/api/drill", { backend: "limited", kind: "429", seconds: 60 });
    for (const caller of callers) assert.equal(await call(caller, "hot"), `{"ok":1}`);
    assert.equal(spare.requests.length, 0);
    await loops.post("/api/drill", { backend: "limited", seconds: 0 });
    await loops.post("/api/cooldowns/clear", { all: true });
    for (const caller of callers) assert.equal(await call(caller, "hot"), `{"from":"spare"}`);
  },
});

Deno.test({
  ...onLinux,
  name: "max_concurrent counts over all loops",
  async fn() {
    const released = Promise.withResolvers<void>();
    await using narrow = await startPausing(released.promise);
    await using loops = await startTwoLoops({
      more: limited(narrow.url).replace(
        `url: "${narrow.url}"`,
        `url: "${narrow.url}", max_concurrent: 1`,
      ),
    });
    const [one, other] = [await loops.connectionTo(1), await loops.connectionTo(0)];
    await one.send(requestBytes({ body: `{"model":"hot","stream":true}` }));
    await narrow.seen(0);
    await call(other, "hot");
    assert.equal(narrow.requests.length, 1);
    assert.equal(await loops.metric(`llm_proxy_backend_in_flight{backend="limited"}`), 1);
    released.resolve();
    assert.equal((await one.reply()).ending, "whole");
    await eventually(async () =>
      await loops.metric(`llm_proxy_backend_in_flight{backend="limited"}`) === 0
    );
  },
});
