/** What the general log says of an answer that went wrong after it had begun. */
import assert from "node:assert/strict";
import { callRaw, type RawRequest } from "../caller.ts";
import { chain } from "../chain.ts";
import { chunk, reply, startReplier, STREAM_HEAD } from "../peer.ts";
import { startProxy } from "../proxy.ts";

const STREAMED: RawRequest = { body: `{"model":"chat","stream":true}` };
const CONTENT = `data: {"choices":[{"delta":{"content":"Servus"}}]}\n\n`;
const DONE = "data: [DONE]\n\n";
const FAILURE = `data: {"error":{"code":"overloaded"}}\n\n`;

/** The lines of one request, and how many logs were kept of it as an error. */
async function logged(answer: string | Uint8Array, request = STREAMED) {
  await using first = await startReplier(answer);
  await using second = await startReplier(answer);
  await using proxy = await startProxy(chain({ first, second }));
  await callRaw(proxy.url, request);
  const errors = await proxy.logs("errors");
  return { lines: proxy.lines, errors: errors.length };
}

function streamOf(...events: readonly string[]): string {
  return STREAM_HEAD + events.map(chunk).join("") + chunk("");
}

Deno.test("Journal warns of a reply that broke off, and keeps its log as an error", async () => {
  const { lines, errors } = await logged(streamOf(CONTENT));
  const warned = lines.filter((line) =>
    / WARN .* cut \(stream cut: the reply broke off/.test(line)
  );
  assert.deepEqual([warned.length, errors], [1, 1]);
  assert.match(warned[0] ?? "", /; the route cools for 300 s, set by cooldown_seconds\)/);
});

Deno.test("Journal warns of an error event after content, though the stream came whole", async () => {
  const { lines, errors } = await logged(streamOf(CONTENT, FAILURE));
  const warned = lines.filter((line) =>
    / WARN .* complete \(late error: an error event/.test(line)
  );
  assert.deepEqual([warned.length, errors], [1, 1]);
});

Deno.test("Journal takes a stream that came to its end for no trouble", async () => {
  const { lines, errors } = await logged(streamOf(CONTENT, DONE));
  assert.deepEqual(lines.filter((line) => line.includes(" WARN ")), []);
  assert.equal(errors, 0);
});

Deno.test("Journal says once that cooldowns were shortened, and why", async () => {
  const { lines } = await logged(reply(503, "{}"), { body: `{"model":"chat"}` });
  const told = lines.filter((line) => line.includes("the request may be to blame"));
  assert.equal(told.length, 1);
  assert.match(told[0] ?? "", / WARN .*cooldowns that it began are cut to 10 s \[[\da-f]{8}\]$/);
});
