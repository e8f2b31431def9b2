import assert from "node:assert/strict";
import { fixture, imported, places, routes } from "./imported.ts";

Deno.test("import takes an export of new-api's channels to the same models in the same order", async () => {
  const { title, snapshot, missing } = await imported(await fixture("new-api.json"));
  assert.equal(title, "an export of new-api's channels");
  const openai =
    "https://api.openai.com/v1 as openai with sk-invented-one-0123456789 and sk-invented-two-0123456789";
  const relay = "https://relay.example.com/v1 as openai with sk-invented-relay-0123456789";
  assert.deepEqual(routes(snapshot), {
    "gpt-4o": [
      `1: gpt-4o-2024-11-20 at ${openai}, weight 30`,
      `1: gpt-4o at ${relay}, weight 10`,
    ],
    "gpt-4o-mini": [
      `1: gpt-4o-mini at ${openai}, weight 30`,
      "2: gpt-4o-mini at https://my-endpoint.openai.azure.com/openai/v1 as openai+azure with invented-azure-0123456789abcdef",
    ],
    "claude-sonnet-4": [
      `1: claude-sonnet-4 at ${relay}, weight 10`,
      "2: claude-sonnet-4 at https://api.anthropic.com as anthropic with sk-ant-invented-0123456789",
    ],
    "gemini-2.5-pro": [
      "1: gemini-2.5-pro at https://generativelanguage.googleapis.com as gemini with AIza-invented-0123456789abcdef",
    ],
    "glm-4.6": [
      "1: glm-4.6 at https://open.bigmodel.cn/api/paas/v4 as openai with set-BACKEND_API_KEY",
    ],
  });
  assert.equal(snapshot.backends.get("Gemini")?.enabled, false);
  assert.deepEqual(snapshot.backends.get("Anthropic")?.headers.set, [[
    "anthropic-beta",
    "context-1m-2025-08-07",
  ]]);
  assert.deepEqual(snapshot.listen, { hostname: "127.0.0.1", port: 3000 });
  assert.deepEqual(missing, ["BACKEND_API_KEY"]);
});

Deno.test("import names what it does not carry over of a channel, bookkeeping in a few lines", async () => {
  const result = await imported(await fixture("new-api.json"));
  assert.deepEqual(
    places(result).filter((place) => !place.includes("[].")),
    [
      "3 formats",
      "28 data.items[0].status_code_mapping",
      "33 data.items[0].setting.force_format",
      "38 data.page, data.page_size, success, message",
      '40 data.items[0].channel_info.multi_key_status_list["2"]',
      "80 data.items[3].status",
      "88 data.items[4]",
      "101 data.items[5].key",
      "116 data.items[6].other",
    ],
  );
});

Deno.test("import reads one-api's channels by its own numbers, and says that weights are none there", async () => {
  const { title, snapshot, notes } = await imported(await fixture("one-api.json"));
  assert.equal(title, "an export of one-api's channels");
  assert.deepEqual(routes(snapshot), {
    "gpt-4o": [
      "1: gpt-4o at https://api.groq.com/openai/v1 as openai with gsk_invented0123456789",
      "2: gpt-4o at https://api.openai.com/v1 as openai with sk-invented-one-api-0123456789",
    ],
    "gpt-4o-mini": [
      "1: gpt-4o-mini at https://api.openai.com/v1 as openai with sk-invented-one-api-0123456789",
    ],
    "deepseek-chat": [
      "1: deepseek-chat-v3 at https://api.deepseek.com/v1 as openai with sk-invented-deepseek-9876543210",
    ],
  });
  assert.match(notes.join("\n"), /\[0\]\.weight = 5: one-api does not weigh channels/);
  assert.match(
    notes.join("\n"),
    /\[1\]\.system_prompt = "Answer in verse\.": requests pass unchanged/,
  );
});

const ROW = { id: 1, name: "c", key: "sk-0123456789abcdef", models: "m", status: 1 };

Deno.test("import takes rows that either program may have for new-api's, says so, and obeys -from", async () => {
  const source = JSON.stringify([{ ...ROW, type: 36, base_url: "" }, { ...ROW, type: 1 }]);
  const taken = await imported(source);
  assert.match(
    taken.notes.join("\n"),
    /taken for new-api; if it is not, import it again with -from one-api/,
  );
  assert.match(taken.notes.join("\n"), /its type 36 \(Suno\)/);
  const named = await imported(source, { from: "one-api" });
  assert.equal(named.snapshot.backends.get("c")?.origin, "https://api.deepseek.com");
  assert.doesNotMatch(named.notes.join("\n"), /taken for new-api/);
});

Deno.test("import reads a channel in each wrapping that the programs give it", async () => {
  const row = { ...ROW, type: 1 };
  for (
    const wrapped of [row, [row], { data: [row] }, { data: { items: [row] } }, {
      mode: "single",
      channel: row,
    }]
  ) {
    const { snapshot } = await imported(JSON.stringify(wrapped));
    assert.deepEqual([...snapshot.aliases.keys()], ["m"]);
  }
});

Deno.test("import follows a mapping of models step by step, and not in a circle", async () => {
  const modelsOf = async (mapping: unknown) => {
    const text = JSON.stringify([{ ...ROW, type: 1, model_mapping: JSON.stringify(mapping) }]);
    const { snapshot, notes } = await imported(text);
    return [
      snapshot.aliases.get("m")?.routes[0]?.model,
      notes.filter((note) => note.includes("mapping")).length,
    ];
  };
  assert.deepEqual(await modelsOf({ m: "n", n: "o" }), ["o", 0]);
  assert.deepEqual(await modelsOf({ m: "n", n: "m" }), ["m", 0]);
  assert.deepEqual(await modelsOf({ other: "x" }), ["m", 1]);
});
