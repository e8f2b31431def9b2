import assert from "node:assert/strict";
import { join } from "node:path";
import { callRaw, connectTo, passedLines, requestBytes, textOf } from "../caller.ts";
import { chain } from "../chain.ts";
import {
  CLOSED_PORT,
  CONTENT,
  DONE,
  rawReply,
  reply,
  startPausing,
  startReplier,
} from "../peer.ts";
import { VENDOR_CALLS } from "../vendor_calls.ts";
import { makeHome, startProgram } from "./program.ts";
import { reworded, SEED_YAML } from "../seed_example.ts";

/** Not to be compressed by the Deno that test binaries run on (2.4.2). */
const IDENTITY = "Accept-Encoding: identity";

/**
 * The lines that passed, names in lower case: that Deno lowers them, and adds `Vary`. That neither
 * happens otherwise is for the tests that run in this process to say.
 */
function loweredLines(reply: { readonly lines: readonly string[] }): string[] {
  return passedLines(reply).map((line) => line.replace(/^[^:]*/, (name) => name.toLowerCase()))
    .filter((line) => line !== "vary: Accept-Encoding");
}

Deno.test("the program says where it listens, and nothing else on stdout", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using home = await makeHome(chain({ backend }, `logging: { level: "debug" }`));
  await using program = await startProgram(["-config", home.configFile]);
  assert.equal((await callRaw(program.url, { body: `{"model":"chat"}` })).status, 200);
  program.signal("SIGTERM");
  const { code, stdout, stderr } = await program.exited;
  assert.equal(stdout, `llm-proxy listening on ${program.url}\n`);
  assert.match(stderr, / INFO +Started with .*config\.yaml: 1 backends, 1 aliases, 1 routes;/);
  assert.match(
    stderr,
    / INFO +POST \/v1\/chat\/completions chat -> backend \(backend-model\) 200,/,
  );
  assert.equal(code, 0);
});

for (const call of VENDOR_CALLS) {
  Deno.test(`the program falls back and passes the answer on whole: ${call.name}`, async () => {
    await using primary = await startReplier(reply(429, `{"error":"slow down"}`));
    await using secondary = await startReplier(call.answer);
    const dead = { url: `http://127.0.0.1:${CLOSED_PORT}` };
    await using home = await makeHome(chain({ dead, primary, secondary }));
    await using program = await startProgram(["-config", home.configFile]);
    for (let i = 0; i < 2; i++) {
      const lines = [...call.request.lines ?? [], IDENTITY];
      const got = await callRaw(program.url, { ...call.request, lines });
      assert.deepEqual(loweredLines(got), loweredLines({ lines: call.answerLines }));
      assert.equal(textOf(got), call.answerBody);
    }
    assert.deepEqual([primary.requests.length, secondary.requests.length], [1, 2]);
  });
}

Deno.test("the program passes each event of a stream on before the next is sent", async () => {
  const first = Promise.withResolvers<void>();
  await using backend = await startPausing(first.promise);
  await using home = await makeHome(chain({ backend }));
  await using program = await startProgram(["-config", home.configFile]);
  await using caller = await connectTo(program.url);
  await caller.send(requestBytes({ body: `{"model":"chat","stream":true}`, lines: [IDENTITY] }));
  await caller.until(CONTENT);
  first.resolve();
  assert.equal(textOf(await caller.reply()), CONTENT + DONE);
});

/** The configuration of the seed's README, with other URLs, another address and its second backend. */
function seedYaml(providerA: string, providerB: string): string {
  const second = `\n  - name: "provider-b"\n    url: "${providerB}/v1"\n\n# 模型别名`;
  const served = reworded(SEED_YAML, `listen: ":8080"`, `listen: "127.0.0.1:0"`);
  const first = reworded(served, "https://api.provider-a.com", providerA);
  return reworded(first, "\n\n# 模型别名", second);
}

Deno.test("the program serves with the seed's configuration", async () => {
  await using providerA = await startReplier(reply(402, "{}"));
  await using providerB = await startReplier(rawReply(200, ["X-From: b"], `{"ok":1}`));
  await using home = await makeHome(seedYaml(providerA.url, providerB.url));
  await using program = await startProgram(["-config", home.configFile]);
  const got = await callRaw(program.url, {
    target: "/chat/completions",
    lines: ["Authorization: Bearer sk-your-key", "Content-Type: application/json", IDENTITY],
    body: `{"model": "claude-opus","messages": [{"role": "user", "content": "Hello"}]}`,
  });
  assert.deepEqual(loweredLines(got), ["x-from: b"]);
  const [seen] = providerB.requests;
  assert.equal(seen?.target, "/v1/chat/completions");
  assert.match(seen?.head ?? "", /^authorization: Bearer sk-your-key$/mi);
  assert.match(textOf(seen!), /^{"model": "abab6\.5-chat",/);
  program.signal("SIGTERM");
  await program.exited;
  for (const log of ["requests", "errors"]) {
    assert.equal([...Deno.readDirSync(join(home.directory, "logs", log))].length, 1);
  }
  assert.match(await Deno.readTextFile(join(home.directory, "logs", "proxy.log")), /402/);
});
