/** A backend that is the proxy itself, in this process: over TLS, and with another route beside it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { callRaw, textOf } from "./caller.ts";
import { AUTHORITY, KEY, RIGHT } from "./faults/certificates.ts";
import { reply, startReplier } from "./peer.ts";
import { startProxy } from "./proxy.ts";

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

const BODY = JSON.stringify({ model: "m", messages: [{ role: "user", content: "hello" }] });

function ask(url: string) {
  return callRaw(url, { method: "POST", target: "/v1/chat/completions", body: BODY });
}

Deno.test("cases 14: a proxy whose backend is itself over TLS answers 508", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const files = { cert: RIGHT, key: KEY, ca: AUTHORITY };
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(directory, name), text);
    }
    const port = freePort();
    await using proxy = await startProxy(
      `listen: "127.0.0.1:${port}"
tls: {cert: "${directory}/cert", key: "${directory}/key"}
backends: [{name: itself, url: "https://127.0.0.1:${port}/v1", ca: "${directory}/ca"}]
models: {m: [{backend: itself, model: m}]}
`,
      { ledger: false },
    );
    const answer = await ask(proxy.url);
    assert.equal(answer.status, 508, textOf(answer));
    assert.match(textOf(answer), /leads back to the proxy's own port/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("cases 14: another route answers in place of a backend that is the proxy itself", async () => {
  const port = freePort();
  const whole = JSON.stringify({ choices: [{ message: { role: "assistant", content: "hi" } }] });
  await using well = await startReplier(reply(200, whole));
  await using proxy = await startProxy(
    `listen: "127.0.0.1:${port}"
backends:
  - {name: itself, url: "http://127.0.0.1:${port}/v1"}
  - {name: well, url: "${well.url}/v1"}
models: {m: [{backend: itself, model: m}, {backend: well, model: m, priority: 2}]}
`,
    { ledger: false },
  );
  const answers = await Promise.all([ask(proxy.url), ask(proxy.url), ask(proxy.url)]);
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200]);
  assert.match(proxy.lines.join("\n"), /Turned away 127\.0\.0\.1:\d+: 508 loop_detected\./);
});
