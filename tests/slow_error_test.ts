import assert from "node:assert/strict";
import { callRaw } from "./caller.ts";
import { chain } from "./chain.ts";
import { CHAT, GOOD, isAnswer } from "./faults/answers.ts";
import { startPeer } from "./peer.ts";
import { startProxy } from "./proxy.ts";

Deno.test("cases 11: an error whose body trickles keeps the next backend waiting for 5 s at most", async () => {
  const events: string[] = [];
  await using slow = await startPeer(async ({ write }) => {
    await write(
      "HTTP/1.1 503 Busy\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n",
    );
    for (let bytes = 0; bytes < 40; bytes++) {
      await write(" ").catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    events.push("the error's body has ended");
  });
  await using next = await startPeer(async ({ write }) => {
    events.push("the next backend is asked");
    await write(GOOD.bytes);
  });
  await using proxy = await startProxy(chain({ slow, next }));
  isAnswer(await callRaw(proxy.url, CHAT), GOOD);
  assert.deepEqual(events, ["the next backend is asked"]);
});
