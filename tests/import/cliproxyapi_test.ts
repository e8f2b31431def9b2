import assert from "node:assert/strict";
import { fixture, imported, places, routes } from "./imported.ts";

Deno.test("import takes CLIProxyAPI's example to the same models in the same order", async () => {
  const { title, snapshot, missing, text } = await imported(await fixture("cliproxyapi.yaml"));
  assert.equal(title, "CLIProxyAPI's config.yaml");
  const openrouter =
    "https://openrouter.ai/api/v1 as openai with sk-or-v1-invented-b780-0123456789 and " +
    "sk-or-v1-invented-b781-0123456789";
  const gemini =
    "1: gemini-2.5-flash at https://generativelanguage.googleapis.com as gemini with AIzaSy-invented-01-0123456789";
  assert.deepEqual(routes(snapshot), {
    "gemini-flash": [gemini],
    "test/gemini-flash": [gemini],
    "codex-latest": [
      "1: gpt-5-codex at https://www.example.com/v1 as openai with sk-atSM-invented-0123456789",
    ],
    "claude-sonnet-latest": [
      "1: claude-3-5-sonnet-20241022 at https://gateway.example.com as anthropic with sk-invented-claude-b-0123456789",
      `2: claude-3.5-sonnet at ${openrouter}`,
    ],
    "kimi-k2": [`1: moonshotai/kimi-k2:free at ${openrouter}`],
    "claude-opus-4.66": [`1: deepseek-v3.1 at ${openrouter}`, `1: glm-5 at ${openrouter}`],
  });
  assert.equal(snapshot.aliases.get("claude-opus-4.66")?.balance, "round_robin");
  assert.equal(snapshot.defaultBackend?.name, "claude");
  assert.equal(snapshot.fallback.cooldownMs, 90_000);
  assert.equal(snapshot.callers?.length, 2);
  assert.deepEqual(snapshot.listen, { hostname: "", port: 8317 });
  assert.deepEqual(missing, []);
  const { proxy } = snapshot.backends.get("gemini") ?? {};
  assert.ok(proxy !== undefined && proxy !== "direct" && proxy.password === "pass-invented-1");
  assert.doesNotMatch(text, /-invented-/);
});

Deno.test("import names each of CLIProxyAPI's settings that it does not carry over", async () => {
  const result = await imported(await fixture("cliproxyapi.yaml"));
  assert.deepEqual(places(result).map((place) => place.replace(/^\d+ /, "")), [
    "formats",
    "tls",
    "remote-management",
    "auth-dir",
    "usage-statistics-enabled",
    "request-retry",
    "max-retry-interval",
    "quota-exceeded",
    "routing.session-affinity",
    "ws-auth",
    "gemini-api-key[0].headers.X-Claude-Code-Session-Id",
    "gemini-api-key[0].models[0].display-name",
    "gemini-api-key[0].models[1]",
    "claude-api-key[0]",
    "claude-api-key[1].cloak",
    "vertex-api-key",
  ]);
});

Deno.test("import reads CLIProxyAPI's strategies as priorities, weights or turns", async () => {
  const shares = async (strategy: string) => {
    const entry = (key: string, weight: number) =>
      `  - api-key: sk-${key}-0123456789
    weight: ${weight}
    models: [{ name: x, alias: m }]
`;
    const { snapshot } = await imported(`routing: { strategy: ${strategy} }
claude-api-key:
${entry("a", 5)}${entry("b", 2)}`);
    const { balance, routes = [] } = snapshot.aliases.get("m") ?? {};
    return [balance, ...routes.map(({ priority, weight }) => `${priority}x${weight}`)];
  };
  assert.deepEqual(await shares("round-robin"), ["round_robin", "1x1", "1x1"]);
  assert.deepEqual(await shares("weighted-round-robin"), ["weighted", "1x5", "1x2"]);
  assert.deepEqual(await shares("fill-first"), ["weighted", "1x1", "2x1"]);
});
