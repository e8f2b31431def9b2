/** What is written down changes nothing of what passes. */
import assert from "node:assert/strict";
import { callRaw, type RawRequest } from "../caller.ts";
import { CHAT, GOOD, startLine } from "../faults/answers.ts";
import { healthy, STREAMS } from "../faults/streams.ts";

const OFF = `logging: { request_dir: "", error_dir: "", general_file: "" }
history: { file: "" }
`;

/** The reply as it stood on the wire, less the date that the proxy may add. */
async function replyOf(request: RawRequest, answer: typeof GOOD, rest: string) {
  await using line = await startLine({ primary: answer }, { rest });
  const { lines, ...got } = await callRaw(line.proxy.url, request);
  return { ...got, lines: lines.filter((each) => !/^date:/i.test(each)) };
}

for (const stream of STREAMS) {
  Deno.test(`a stream is the same to the byte, recorded or not: ${stream.name}`, async () => {
    const [on, off] = [
      await replyOf(stream.request, healthy(stream), ""),
      await replyOf(stream.request, healthy(stream), OFF),
    ];
    assert.deepEqual(on, off);
    assert.equal(on.ending, "whole");
  });
}

Deno.test("an answer in one piece is the same to the byte, recorded or not", async () => {
  assert.deepEqual(await replyOf(CHAT, GOOD, ""), await replyOf(CHAT, GOOD, OFF));
});
