import assert from "node:assert/strict";
import { chain } from "../chain.ts";
import { rawReply, startReplier } from "../peer.ts";
import { startProxy } from "../proxy.ts";
import { openSocket, refusedSocket, startSocketBackend } from "../websockets.ts";

const PATH = "/v1/realtime?model=chat";

Deno.test("a tunnel's record tells of its attempts, its bytes each way and its end, but not what passed", async () => {
  await using first = await startReplier(rawReply(503, [], "down"));
  await using second = await startSocketBackend();
  await using proxy = await startProxy(chain({ first, second }));
  await using caller = await openSocket(proxy.url + PATH);
  caller.connection.send("a secret said aloud");
  await caller.received(1);
  caller.connection.close(1000);
  await caller.closed;
  await proxy.drain(5);
  const [log = ""] = await proxy.logs();
  assert.match(log, /^alias {6}"chat" \(openai, WebSocket\)$/m);
  assert.match(log, /^== attempt 1: first[^]*?status 503[^]*^== attempt 2: second[^]*?status 101/m);
  // A masked frame of 6 and 19 bytes and a close frame of 6 and 2; back, frames of 2 and 19, 2 and 2.
  assert.match(log, /^== request body: 33 bytes of a WebSocket, not kept$/m);
  assert.match(log, /^== response body: 25 bytes of a WebSocket, not kept$/m);
  // Which side ends first, and whether its end or its close is seen first, is not for us to say.
  const end =
    /^== ending\n(?:complete|cut|caller left) after 25 bytes, .*\(the (?:caller|backend) .*\)$/m;
  assert.match(log, end);
  assert.ok(!log.includes("said aloud"));
  const summary = proxy.lines.find((line) => line.includes("GET /v1/realtime")) ?? "";
  assert.match(
    summary,
    /chat -> second \(second-model\) 101, 2 attempts, .*25 bytes, (?:complete|cut|caller left)/,
  );
});

Deno.test("a refused upgrade's record has the refusal", async () => {
  await using backend = await startReplier(rawReply(404, [], "no such voice"));
  await using proxy = await startProxy(chain({ backend }));
  await refusedSocket(proxy.url + PATH);
  await refusedSocket(`${proxy.url}/v1/responses`);
  await proxy.drain(5);
  // Of one instant, so their order says nothing.
  const logs = await proxy.logs();
  const refused = logs.find((log) => log.includes("GET /v1/realtime")) ?? "";
  const unnamed = logs.find((log) => log.includes("GET /v1/responses")) ?? "";
  assert.match(refused, /^== response body: 13 bytes\nno such voice$/m);
  assert.match(unnamed, /^result {5}426 websocket_without_model/m);
});
