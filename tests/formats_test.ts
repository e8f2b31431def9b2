/** Formats are never translated: who states what it takes gets nothing else. */
import assert from "node:assert/strict";
import { callRaw, textOf } from "./caller.ts";
import { type Peer, reply, startReplier } from "./peer.ts";
import { startProxy } from "./proxy.ts";

const TARGETS = {
  openai: "/v1/chat/completions",
  anthropic: "/v1/messages",
  gemini: "/v1beta/models/chat:generateContent",
} as const;

const CALL = { body: `{"model":"chat"}` };

/** The alias `chat` on backends in a line, each with the dialects that it states. */
function speaking(
  backends: readonly (readonly [name: string, peer: Peer, dialect: string])[],
): string {
  const lines = backends.map(([name, { url }, dialect]) =>
    `  - { name: ${name}, url: "${url}", dialect: ${dialect} }\n`
  );
  const routes = backends.map(([name], at) => `{ backend: ${name}, model: m, priority: ${at} }`);
  return `backends:\n${lines.join("")}models: { chat: [${routes}] }\n`;
}

for (const [dialect, target] of Object.entries(TARGETS)) {
  Deno.test(`route() sends a call of ${dialect} past a backend that states others`, async () => {
    await using other = await startReplier(reply(200, `{"from":"other"}`));
    await using fitting = await startReplier(reply(200, `{"from":"fitting"}`));
    const others = Object.keys(TARGETS).filter((name) => name !== dialect);
    await using proxy = await startProxy(speaking([
      ["other", other, `[${others}, azure]`],
      ["fitting", fitting, `[azure, ${dialect}]`],
    ]));
    assert.equal(textOf(await callRaw(proxy.url, { ...CALL, target })), `{"from":"fitting"}`);
    assert.equal(other.connections, 0);
  });

  Deno.test(`route() answers a call of ${dialect} with 400 where no backend takes it`, async () => {
    await using other = await startReplier(reply(200, `{"ok":1}`));
    const stated = dialect === "openai" ? "anthropic" : "openai";
    await using proxy = await startProxy(speaking([["other", other, stated]]));
    const got = await callRaw(proxy.url, { ...CALL, target });
    assert.equal(got.status, 400);
    const { error } = JSON.parse(textOf(got));
    assert.match(
      error.message,
      new RegExp(`"chat" has no backend for calls in ${dialect}'s format`),
    );
    assert.match(error.message, new RegExp(`other \\(m\\): it takes the format of ${stated}`));
    assert.equal(other.connections, 0);
  });
}

Deno.test("route() sends a call of any dialect to a backend that states none", async () => {
  await using any = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(speaking([["any", any, "auto"]]));
  for (const target of Object.values(TARGETS)) {
    assert.equal((await callRaw(proxy.url, { ...CALL, target })).status, 200);
  }
});

Deno.test("route() names the backends passed over for their format where the others failed", async () => {
  await using other = await startReplier(reply(200, `{"ok":1}`));
  const down = { url: "http://127.0.0.1:1" };
  await using proxy = await startProxy(`
backends:
  - { name: other, url: "${other.url}", dialect: anthropic }
  - { name: down, url: "${down.url}" }
models: { chat: [{ backend: other, model: m }, { backend: down, model: m, priority: 2 }] }`);
  const got = await callRaw(proxy.url, CALL);
  assert.equal(got.status, 502);
  assert.match(
    textOf(got),
    /down \(m\): cannot connect.*other \(m\): it takes the format of anthropic/,
  );
});
