import assert from "node:assert/strict";
import { type JsonObject, objectOf } from "../../lib/dialect/json_object.ts";
import { type Usage, usageBlock, usageOf } from "../../lib/dialect/usage.ts";

type Counts = readonly (number | undefined)[];

/** Input, output, cached and reasoning. */
function counts(usage: Usage | undefined): Counts | undefined {
  if (usage === undefined) return undefined;
  const { inputTokens, outputTokens, cachedTokens, reasoningTokens } = usage;
  return [inputTokens, outputTokens, cachedTokens, reasoningTokens];
}

const BLOCKS: readonly (readonly [string, JsonObject, Counts | undefined])[] = [
  ["OpenAI chat", {
    prompt_tokens: 100,
    completion_tokens: 50,
    total_tokens: 150,
    prompt_tokens_details: { cached_tokens: 80 },
    completion_tokens_details: { reasoning_tokens: 30 },
  }, [100, 50, 80, 30]],
  ["OpenAI embeddings", { prompt_tokens: 8, total_tokens: 8 }, [
    8,
    undefined,
    undefined,
    undefined,
  ]],
  ["DeepSeek", { prompt_tokens: 9, completion_tokens: 1, prompt_cache_hit_tokens: 4 }, [
    9,
    1,
    4,
    undefined,
  ]],
  ["xAI, whose reasoning stands beside its completion", {
    prompt_tokens: 12,
    completion_tokens: 2,
    total_tokens: 354,
    completion_tokens_details: { reasoning_tokens: 340 },
  }, [12, 342, undefined, 340]],
  ["OpenAI Responses", {
    input_tokens: 100,
    output_tokens: 50,
    input_tokens_details: { cached_tokens: 80 },
    output_tokens_details: { reasoning_tokens: 30 },
  }, [100, 50, 80, 30]],
  ["Anthropic, whose input is only what no cache had", {
    input_tokens: 5,
    output_tokens: 50,
    cache_read_input_tokens: 1000,
    cache_creation_input_tokens: 200,
  }, [1205, 50, 1000, undefined]],
  ["Gemini, whose thoughts stand beside its candidates", {
    promptTokenCount: 100,
    candidatesTokenCount: 20,
    thoughtsTokenCount: 300,
    cachedContentTokenCount: 64,
    toolUsePromptTokenCount: 7,
  }, [107, 320, 64, 300]],
  ["a block of nulls and words", { prompt_tokens: null, completion_tokens: "5" }, undefined],
  ["a block of impossible numbers", { prompt_tokens: -1, completion_tokens: 1.5 }, undefined],
  ["an empty block", {}, undefined],
];

for (const [name, block, expected] of BLOCKS) {
  Deno.test(`usageOf() counts the tokens of ${name}`, () => {
    assert.deepEqual(counts(usageOf(block)), expected);
  });
}

const BLOCK = { prompt_tokens: 1 };

for (
  const [where, object] of Object.entries({
    "beside the answer": { usage: BLOCK },
    "in Gemini's metadata": { usageMetadata: BLOCK },
    "in the response an event is about": { response: { usage: BLOCK } },
    "in the message that starts": { message: { usage: BLOCK } },
    "where Groq has it": { x_groq: { usage: BLOCK } },
    "where Moonshot has it": { choices: [{ usage: BLOCK }] },
  })
) {
  Deno.test(`usageBlock() finds the block ${where}`, () => {
    assert.deepEqual(usageBlock(object), BLOCK);
  });
}

Deno.test("usageBlock() finds none where the name means something else", () => {
  for (const object of [{}, { usage: null }, { usage: "much" }, { response: 1, message: [] }]) {
    assert.deepEqual(objectOf(usageBlock(object)), {});
  }
});
