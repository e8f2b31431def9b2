/** What an answer cost in tokens, as its vendor counted them. */
import { isJsonObject, type JsonObject, objectOf, objectsIn } from "./json_object.ts";

/**
 * Tokens of one answer, counted so that vendors compare; undefined where the vendor does not say.
 *
 * Input is the whole prompt and cached is the part of it that was read from a cache; output is all
 * that the model wrote and reasoning the part of it that it thought. OpenAI counts so by itself.
 * Anthropic's `input_tokens` is only what no cache had, so what was read from one and written to one
 * is added. Gemini's thoughts stand beside its candidates, and xAI's beside its completion where the
 * total says so: they are added to the output.
 */
export interface Usage {
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly cachedTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
}

/**
 * The block that tells of tokens in a reply or in an event; one without members where there is none.
 * Vendors put it beside the answer, or into the answer that an event is about.
 */
export function usageBlock(object: JsonObject): JsonObject {
  const blocks = [
    object.usage,
    object.usageMetadata,
    objectOf(object.response).usage, // OpenAI Responses
    objectOf(object.message).usage, // Anthropic's message_start
    objectOf(object.x_groq).usage,
    ...objectsIn(object.choices).map((choice) => choice.usage), // Moonshot
  ];
  return objectOf(blocks.find(isJsonObject));
}

/** What a block says; undefined where it says nothing. */
export function usageOf(block: JsonObject): Usage | undefined {
  const usage = readerOf(block)(block);
  return Object.values(usage).some((tokens) => tokens !== undefined) ? usage : undefined;
}

function readerOf(block: JsonObject): (block: JsonObject) => Usage {
  if ("promptTokenCount" in block) return ofGemini;
  return "input_tokens" in block || "output_tokens" in block ? ofInput : ofPrompt;
}

/**
 * OpenAI's chat, completions and embeddings, and who speaks like them.
 * https://platform.openai.com/docs/api-reference/chat/object
 */
function ofPrompt(block: JsonObject): Usage {
  const input = count(block.prompt_tokens);
  const said = count(block.completion_tokens);
  const reasoning = count(objectOf(block.completion_tokens_details).reasoning_tokens) ??
    count(block.reasoning_tokens);
  const beside = count(block.total_tokens) === sum(input, said, reasoning);
  return {
    inputTokens: input,
    outputTokens: beside ? sum(said, reasoning) : said,
    cachedTokens: count(objectOf(block.prompt_tokens_details).cached_tokens) ??
      count(block.prompt_cache_hit_tokens) ?? count(block.cached_tokens), // DeepSeek, Moonshot
    reasoningTokens: reasoning,
  };
}

/**
 * OpenAI's Responses, whose input has its cached part in it, and Anthropic's messages, whose has not.
 * https://platform.openai.com/docs/api-reference/responses/object
 * https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching#tracking-cache-performance
 */
function ofInput(block: JsonObject): Usage {
  const read = count(block.cache_read_input_tokens);
  return {
    inputTokens: sum(count(block.input_tokens), read, count(block.cache_creation_input_tokens)),
    outputTokens: count(block.output_tokens),
    cachedTokens: read ?? count(objectOf(block.input_tokens_details).cached_tokens),
    reasoningTokens: count(objectOf(block.output_tokens_details).reasoning_tokens),
  };
}

/** https://ai.google.dev/api/generate-content#UsageMetadata */
function ofGemini(block: JsonObject): Usage {
  const thoughts = count(block.thoughtsTokenCount);
  return {
    inputTokens: sum(count(block.promptTokenCount), count(block.toolUsePromptTokenCount)),
    outputTokens: sum(count(block.candidatesTokenCount), thoughts),
    cachedTokens: count(block.cachedContentTokenCount),
    reasoningTokens: thoughts,
  };
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** The sum of what is known; undefined where nothing is. */
function sum(...counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((each) => each !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, each) => total + each, 0);
}
