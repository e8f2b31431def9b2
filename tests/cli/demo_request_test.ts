import assert from "node:assert/strict";
import { hearAnswer } from "../../lib/cli/demo/request.ts";
import { chunk, CLOSED_PORT, reply, startPeer, startReplier, STREAM_HEAD } from "../peer.ts";

const TOKEN = chunk(`data: {"choices":[{"delta":{"content":"Hello"}}]}\n\n`);

Deno.test("hearAnswer() fails with the status and body of a refusal", async () => {
  await using peer = await startReplier(reply(502, "no backend answered"));
  assert.deepEqual(await hear(peer.url), {
    kind: "failed",
    reason: "status 502: no backend answered",
  });
});

Deno.test("hearAnswer() fails on a stream that is cut", async () => {
  await using peer = await startPeer(async ({ write, reset }) => {
    await write(STREAM_HEAD + TOKEN);
    reset();
  });
  assert.equal((await hear(peer.url)).kind, "failed");
});

Deno.test("hearAnswer() fails on a stream that ends without a count of its tokens", async () => {
  await using peer = await startReplier(STREAM_HEAD + TOKEN + chunk(""));
  assert.deepEqual(await hear(peer.url), { kind: "failed", reason: "the stream is incomplete" });
});

Deno.test("hearAnswer() fails where nothing listens", async () => {
  assert.equal((await hear(`http://127.0.0.1:${CLOSED_PORT}`)).kind, "failed");
});

function hear(url: string) {
  return hearAnswer(url, () => {});
}
