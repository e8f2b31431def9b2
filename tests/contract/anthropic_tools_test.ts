/** The official Anthropic SDK: tools, and everything else in a request that must arrive as it was sent. */
import assert from "node:assert/strict";
import { reply, type Script } from "../peer.ts";
import { MESSAGE, TOOL_EVENTS } from "./anthropic_replies.ts";
import { anthropicAt } from "./clients.ts";
import { byPath, json, namedFrame, stream } from "./providers.ts";
import { jsonOf, linesOf, sameBothWays } from "./same_both_ways.ts";

const LINE = "POST /v1/messages";
const USE = { type: "tool_use", id: "toolu_1", name: "weather", input: { city: "Rome" } } as const;
const TOOL_MESSAGE = { ...MESSAGE, content: [USE], stop_reason: "tool_use" };
const CACHED = { cache_control: { type: "ephemeral" as const } };
const TOOLS = [{
  name: "weather",
  description: "The weather in a city, today.",
  input_schema: { type: "object" as const, properties: { city: { type: "string" } } },
  ...CACHED,
}];
const ASKED = {
  max_tokens: 64,
  system: [{ type: "text" as const, text: "You are a weather service.", ...CACHED }],
  messages: [{ role: "user" as const, content: "What is the weather in Rome?" }],
  tools: TOOLS,
};

Deno.test("anthropic messages.create() gives the backend's tool use", async () => {
  const run = await sameBothWays(json(TOOL_MESSAGE), ({ url, model }) => {
    return anthropicAt(url).messages.create({ model, ...ASKED });
  });
  assert.deepEqual(run.result, TOOL_MESSAGE);
  assert.deepEqual(linesOf(run), [LINE]);
  assert.deepEqual(jsonOf(run), { model: "model-a", ...ASKED });
});

Deno.test("anthropic messages.stream() puts a tool's input together, the same both ways", async () => {
  const run = await sameBothWays(stream(TOOL_EVENTS.map(namedFrame)), async ({ url, model }) => {
    const running = anthropicAt(url).messages.stream({ model, ...ASKED });
    return (await running.finalMessage()).content;
  });
  assert.deepEqual(run.result, [USE]);
  assert.deepEqual(jsonOf(run), { model: "model-a", ...ASKED, stream: true });
});

Deno.test("anthropic messages.create() takes a tool's result back", async () => {
  const messages = [
    ...ASKED.messages,
    { role: "assistant" as const, content: [USE] },
    {
      role: "user" as const,
      content: [{ type: "tool_result" as const, tool_use_id: USE.id, content: "sunny" }],
    },
  ];
  const run = await sameBothWays(json(MESSAGE), ({ url, model }) => {
    return anthropicAt(url).messages.create({ model, ...ASKED, messages });
  });
  assert.deepEqual(run.result, MESSAGE);
  assert.deepEqual(jsonOf(run), { model: "model-a", ...ASKED, messages });
});

Deno.test("anthropic beta.messages.toolRunner() goes through both rounds", async () => {
  const provider: Script = ({ request, write }) => {
    const answered = new TextDecoder().decode(request.body).includes(`"tool_result"`);
    return write(reply(200, JSON.stringify(answered ? MESSAGE : TOOL_MESSAGE)));
  };
  const run = await sameBothWays(provider, async ({ url, model }) => {
    const tool = {
      ...TOOLS[0]!,
      parse: (input: unknown) => input,
      run: (input: unknown) => `sunny in ${JSON.stringify(input)}`,
    };
    const runner = anthropicAt(url).beta.messages.toolRunner({ model, ...ASKED, tools: [tool] });
    return (await runner.runUntilDone()).content;
  });
  assert.deepEqual(run.result, MESSAGE.content);
  assert.deepEqual(linesOf(run), [LINE, LINE]);
});

Deno.test("anthropic messages.countTokens() counts with system and tools", async () => {
  const path = "/v1/messages/count_tokens";
  const { max_tokens: _unused, ...counted } = ASKED;
  const provider = byPath({ [path]: json({ input_tokens: 2095 }) });
  const run = await sameBothWays(provider, ({ url, model }) => {
    return anthropicAt(url).messages.countTokens({ model, ...counted });
  });
  assert.deepEqual(run.result, { input_tokens: 2095 });
  assert.deepEqual(linesOf(run), [`POST ${path}`]);
  assert.deepEqual(jsonOf(run), { model: "model-a", ...counted });
});
