/** The `ai` package through the proxy, with its OpenAI, Anthropic and Google providers. */
import assert from "node:assert/strict";
import { embed, embedMany, generateText, isStepCount, jsonSchema, streamText, tool } from "ai";
import { chunk } from "../peer.ts";
import { AI_PROVIDERS, openaiProviderAt, twoRounds, VECTORS } from "./ai_providers.ts";
import { rest } from "./clients.ts";
import { json, openStream, startStage, stream } from "./providers.ts";
import { jsonOf, linesOf, sameBothWays } from "./same_both_ways.ts";

/** Google's paths bring their own version, the others' are the same with it. */
const AT_ROOT = { basePath: "" };
const PROMPT = { prompt: "Hello", maxOutputTokens: 64, maxRetries: 0 };

interface City {
  readonly city: string;
}

/** A tool that keeps what it was asked. */
function weatherTool(asked: City[]) {
  const properties = { city: { type: "string" as const } };
  return tool({
    description: "The weather in a city, today.",
    inputSchema: jsonSchema<City>({ type: "object", properties, required: ["city"] }),
    execute: (input) => {
      asked.push(input);
      return "sunny";
    },
  });
}

for (const [name, provider] of Object.entries(AI_PROVIDERS)) {
  Deno.test(`ai generateText() with ${name} gives the backend's text`, async () => {
    const run = await sameBothWays(json(provider.text), async (to) => {
      const { text, finishReason } = await generateText({ model: provider.model(to), ...PROMPT });
      return { text, finishReason };
    }, AT_ROOT);
    assert.deepEqual(run.result, { text: "Hello there.", finishReason: "stop" });
    assert.deepEqual(linesOf(run), [provider.line]);
    assert.match(JSON.stringify(jsonOf(run)), /"text":"Hello"|"content":"Hello"/);
  });

  Deno.test(`ai streamText() with ${name} gives each piece`, async () => {
    const run = await sameBothWays(stream(provider.frames), async (to) => {
      return await rest(streamText({ model: provider.model(to), ...PROMPT }).textStream);
    }, AT_ROOT);
    assert.deepEqual(run.result, ["Hello", " there."]);
    assert.deepEqual(linesOf(run), [provider.streamedLine]);
  });

  Deno.test(`ai generateText() with ${name} goes through both rounds of a tool`, async () => {
    const run = await sameBothWays(twoRounds(provider, false), async (to) => {
      const asked: City[] = [];
      const tools = { weather: weatherTool(asked) };
      const call = { ...PROMPT, tools, stopWhen: isStepCount(2) };
      const { text } = await generateText({ model: provider.model(to), ...call });
      return { text, asked: asked.length };
    }, AT_ROOT);
    assert.deepEqual(run.result, { text: "Hello there.", asked: 1 });
    assert.deepEqual(linesOf(run), [provider.line, provider.line]);
  });

  Deno.test(`ai streamText() with ${name} goes through both rounds of a tool`, async () => {
    const run = await sameBothWays(twoRounds(provider, true), async (to) => {
      const asked: City[] = [];
      const tools = { weather: weatherTool(asked) };
      const call = { ...PROMPT, tools, stopWhen: isStepCount(2) };
      const { text } = streamText({ model: provider.model(to), ...call });
      return { text: await text, asked };
    }, AT_ROOT);
    assert.equal(run.result.text, "Hello there.");
    assert.equal(run.result.asked.length, 1);
    assert.match(run.result.asked[0]?.city ?? "", /^(Rome|Oslo)$/);
    assert.deepEqual(linesOf(run), [provider.streamedLine, provider.streamedLine]);
  });

  Deno.test(`ai streamText() with ${name} reports a stream that was cut`, async () => {
    const begun = provider.frames.findIndex((frame) => frame.includes("Hello"));
    const backend = openStream(provider.frames.slice(0, begun + 1).join(""));
    await using stage = await startStage(backend.script, AT_ROOT);
    const to = { url: stage.proxy.url, model: "assistant" };
    const errors: unknown[] = [];
    const onError = ({ error }: { error: unknown }) => void errors.push(error);
    const { textStream, finishReason } = streamText({
      model: provider.model(to),
      ...PROMPT,
      onError,
    });
    const ended = assert.rejects(Promise.resolve(finishReason));
    const pieces = textStream[Symbol.asyncIterator]();
    assert.equal((await pieces.next()).value, "Hello");
    const { write, close } = await backend.exchange;
    await write(chunk("data: {"));
    close();
    await rest({ [Symbol.asyncIterator]: () => pieces }).catch((cause) => errors.push(cause));
    await ended;
    assert.ok(errors.length > 0, "the stream ended as if it were whole");
  });
}

Deno.test("ai embed() with openai gives the backend's vector", async () => {
  const run = await sameBothWays(VECTORS, async ({ url, model }) => {
    const call = { model: openaiProviderAt(url).embedding(model), value: "Hello", maxRetries: 0 };
    return (await embed(call)).embedding;
  });
  assert.deepEqual(run.result, [0.25, -1, 0]);
  assert.deepEqual(linesOf(run), ["POST /v1/embeddings"]);
  assert.deepEqual(jsonOf(run), { model: "model-a", input: ["Hello"], encoding_format: "float" });
});

Deno.test("ai embedMany() with openai gives the backend's vectors in order", async () => {
  const run = await sameBothWays(VECTORS, async ({ url, model }) => {
    const values = ["Hello", "Bye"];
    const call = { model: openaiProviderAt(url).embedding(model), values, maxRetries: 0 };
    return (await embedMany(call)).embeddings;
  });
  assert.deepEqual(run.result, [[0.25, -1, 0], [0.25, -1, 1]]);
});
