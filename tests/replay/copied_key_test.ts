/** Where `clients` say who may call, a line to copy has no place for a key and is answered 401. */
import assert from "node:assert/strict";
import { parseRequestLog } from "../../lib/record/parse_request_log.ts";
import { curlReplayOf } from "../../lib/replay/curl_replay.ts";
import { proxyBackend } from "../../lib/replay/proxy_backend.ts";
import { callRaw } from "../caller.ts";
import { reply, startReplier } from "../peer.ts";
import { startProxy } from "../proxy.ts";

/** The line of a request of a caller's of that proxy, sent to the proxy or to a backend. */
async function lineOf(
  { target, header, backendName }: {
    readonly target: string;
    readonly header: string;
    readonly backendName?: string;
  },
): Promise<string> {
  await using backend = await startReplier(reply(200, "{}"));
  await using proxy = await startProxy(
    `
backends: [{ name: own, url: "${backend.url}" }]
models: { chat: [{ backend: own, model: chat }] }
clients: [{ name: one, key: "key-of-one-12345" }]
`,
    { ledger: false },
  );
  await callRaw(proxy.url, {
    target,
    lines: [`${header}key-of-one-12345`],
    body: `{"model":"chat"}`,
  });
  const [text = ""] = await proxy.logs();
  const log = parseRequestLog(text) ?? assert.fail("no log");
  const snapshot = proxy.current();
  const options = { snapshot, proxy: proxyBackend(snapshot, proxy.url), backendName };
  const made = await curlReplayOf(log, options);
  return made.kind === "line" ? made.line : made.why;
}

const CHAT = { target: "/v1/chat/completions", header: "Authorization: Bearer " };
const MESSAGES = { target: "/v1/messages", header: "X-Api-Key: " };

Deno.test("a line to copy has $LLM_PROXY_KEY where the caller's key was taken off", async () => {
  assert.match(await lineOf(CHAT), /'authorization: Bearer '"\$LLM_PROXY_KEY"/);
  assert.match(await lineOf(MESSAGES), /'x-api-key: '"\$LLM_PROXY_KEY"/);
});

Deno.test("a line to copy has no $LLM_PROXY_KEY for a backend that wants none", async () => {
  assert.doesNotMatch(await lineOf({ ...CHAT, backendName: "own" }), /LLM_PROXY_KEY/);
});
