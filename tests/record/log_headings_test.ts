/** A model's name that a caller makes up stands in headings of the request log. */
import assert from "node:assert/strict";
import { parseRequestLog } from "../../lib/record/parse_request_log.ts";
import { callRaw } from "../caller.ts";
import { reply, startReplier } from "../peer.ts";
import { startProxy } from "../proxy.ts";

const FORGED = "m)\n\n== attempt 2: forged (m)\noutcome    status 200\u001b[31m\u009b2J\u202e";

async function logOf(model: string): Promise<string> {
  await using backend = await startReplier(reply(503, `{"error":{"message":"busy"}}`));
  await using proxy = await startProxy(
    `
backends: [{ name: own, url: "${backend.url}" }]
models: { chat: [{ backend: own, model: chat }] }
default_backend: own
`,
    { ledger: false },
  );
  await callRaw(proxy.url, { body: JSON.stringify({ model }) });
  const [log = ""] = await proxy.logs();
  return log;
}

Deno.test("a model's name forges no section of a request log", async () => {
  const titles = parseRequestLog(await logOf(FORGED))?.sections.map(({ title }) => title) ?? [];
  assert.deepEqual(titles.filter((title) => title.startsWith("attempt 2")), []);
});

Deno.test("a model's name sends a terminal nothing when its request log is read", async () => {
  const lines = (await logOf(FORGED)).split("\n").filter((line) => !line.startsWith("{"));
  // deno-lint-ignore no-control-regex
  const active = lines.filter((line) => /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/.test(line));
  assert.deepEqual(active.map((line) => JSON.stringify(line)), []);
});

Deno.test("a header with bytes that a terminal acts on is logged plainly, and read back whole", async () => {
  const odd = "caf\u00c3\u00a9 \u00c2\u009b31m \\u009b \\n \ta";
  await using backend = await startReplier(reply(200, "{}"));
  await using proxy = await startProxy(
    `
backends: [{ name: own, url: "${backend.url}" }]
models: { chat: [{ backend: own, model: chat }] }
default_backend: own
`,
    { ledger: false },
  );
  await callRaw(proxy.url, { lines: [`X-Odd: ${odd}`], body: `{"model":"chat"}` });
  const [log = ""] = await proxy.logs();
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(log, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  const { request } = parseRequestLog(log) ?? assert.fail(log);
  assert.equal(request.headers.find(([name]) => name === "X-Odd")?.[1], odd);
});
