/** Where `clients` say who may call, a line to copy has no place for a key and is answered 401. */
import assert from "node:assert/strict";
import { parseRequestLog } from "../../lib/record/parse_request_log.ts";
import { curlReplayOf } from "../../lib/replay/curl_replay.ts";
import { proxyBackend } from "../../lib/replay/proxy_backend.ts";
import { callRaw } from "../caller.ts";
import { reply, startReplier } from "../peer.ts";
import { startProxy } from "../proxy.ts";

Deno.test("a line to copy has $LLM_PROXY_KEY where the caller's key was taken off", async () => {
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
    lines: ["Authorization: Bearer key-of-one-12345"],
    body: `{"model":"chat"}`,
  });
  const [text = ""] = await proxy.logs();
  const log = parseRequestLog(text) ?? assert.fail("no log");
  const snapshot = proxy.current();
  const options = { snapshot, proxy: proxyBackend(snapshot, proxy.url), backendName: undefined };
  const made = await curlReplayOf(log, options);
  assert.match(made.kind === "line" ? made.line : made.why, /\$LLM_PROXY_KEY/);
});
