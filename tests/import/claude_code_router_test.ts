import assert from "node:assert/strict";
import { fixture, imported, places, routes } from "./imported.ts";

Deno.test("import takes the example of claude-code-router to the same models at the same places", async () => {
  const { title, snapshot, missing } = await imported(await fixture("claude-code-router.json"));
  assert.equal(title, "claude-code-router's config.json");
  const openrouter = "https://openrouter.ai/api/v1 as openai with set-OPENROUTER_API_KEY";
  const deepseek = "https://api.deepseek.com as openai with sk-invented-deepseek-0123456789";
  const gemini =
    "https://generativelanguage.googleapis.com as gemini with sk-invented-gemini-0123456789";
  const all = routes(snapshot);
  assert.deepEqual(all["openrouter,anthropic/claude-sonnet-4"], [
    `1: anthropic/claude-sonnet-4 at ${openrouter}`,
  ]);
  assert.deepEqual(all["deepseek-chat"], [`1: deepseek-chat at ${deepseek}`]);
  assert.deepEqual(all.default, [`1: deepseek-chat at ${deepseek}`]);
  assert.deepEqual(all.background, [
    "1: qwen2.5-coder:latest at http://localhost:11434/v1 as openai with ollama",
  ]);
  assert.deepEqual(all.think, [`1: deepseek-reasoner at ${deepseek}`]);
  assert.deepEqual(all.longContext, [`1: google/gemini-2.5-pro-preview at ${openrouter}`]);
  assert.deepEqual(all.webSearch, [`1: gemini-2.5-flash at ${gemini}`]);
  assert.deepEqual(missing, ["OPENROUTER_API_KEY"]);
  assert.deepEqual(snapshot.listen, { hostname: "", port: 3456 });
  assert.equal(snapshot.backends.get("deepseek")?.timeouts.firstByteMs, 600_000);
});

Deno.test("import names each of claude-code-router's settings that it does not carry over", async () => {
  const result = await imported(await fixture("claude-code-router.json"));
  assert.deepEqual(places(result), [
    "2 formats",
    "2 paths",
    "12 Providers[0].transformer",
    "26 Providers[1].transformer",
    "42 Providers[3].transformer",
    "47 Providers[4].api_key",
    "49 Providers[4].transformer",
    "52 Router",
    "57 Router.longContextThreshold",
    "63 NON_INTERACTIVE_MODE",
    "64 LOG",
  ]);
});

Deno.test("import knows a dialect by the transformer and the address, and variables anywhere in a text", async () => {
  const { snapshot, missing, notes } = await imported(`{
    PROXY_URL: 'http://127.0.0.1:7890', // JSON5
    Providers: [
      { name: 'claude', api_base_url: 'https://api.anthropic.com/v1/messages', api_key: '\${CLAUDE_KEY}', models: ['claude-x'],
        transformer: { use: ['Anthropic'] } },
      { name: 'relay', api_base_url: '$RELAY_URL', api_key: 'sk-$RELAY_ID', models: ['claude-x'] },
      { name: 'v', api_base_url: 'https://x-aiplatform.googleapis.com/v1/', api_key: 'k', models: ['g'],
        transformer: { use: ['vertex-gemini'] } },
    ],
    Router: { default: 'claude,claude-x', think: 'v,g' },
    fallback: { default: ['relay,claude-y'] },
  }`);
  assert.deepEqual(routes(snapshot).default, [
    "1: claude-x at https://api.anthropic.com as anthropic with set-CLAUDE_KEY",
    "2: claude-y at https://set.example as openai with sk-set-RELAY_ID",
  ]);
  assert.deepEqual(missing, ["CLAUDE_KEY", "RELAY_URL", "RELAY_ID"]);
  assert.equal(snapshot.aliases.has("think"), false);
  assert.match(notes.join("\n"), /Router\.think = "v,g": is no provider,model/);
  assert.deepEqual(snapshot.listen, { hostname: "127.0.0.1", port: 3456 });
  const { proxy } = snapshot.backends.get("claude") ?? {};
  assert.ok(proxy !== undefined && proxy !== "direct" && proxy.port === 7890);
});

Deno.test("import reads providers in both spellings of claude-code-router's pages", async () => {
  const { snapshot, notes } = await imported(JSON.stringify({
    Providers: [
      {
        NAME: "deepseek",
        HOST: "https://api.deepseek.com",
        APIKEY: "sk-0123456789abcdef",
        MODELS: ["deepseek-chat"],
        transformers: ["anthropic"],
      },
      {
        NAME: "gemini",
        HOST: "https://generativelanguage.googleapis.com/v1beta",
        APIKEY: "AIza0123456789",
        MODELS: ["gemini-1.5-pro"],
      },
    ],
    Router: { default: "deepseek,deepseek-chat" },
  }));
  const { default: role, "gemini-1.5-pro": gemini } = routes(snapshot);
  assert.deepEqual(role, [
    "1: deepseek-chat at https://api.deepseek.com as openai with sk-0123456789abcdef",
  ]);
  assert.deepEqual(gemini, [
    "1: gemini-1.5-pro at https://generativelanguage.googleapis.com as gemini with AIza0123456789",
  ]);
  assert.match(
    notes.join("\n"),
    /Providers\[0\]\.transformers = \[1 value\]: requests and answers pass/,
  );
});
