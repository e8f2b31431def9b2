/** Token counts of the recorded streams, against the usage block as a parse of the whole file finds it. */
import assert from "node:assert/strict";
import { UsageReader } from "../../lib/dialect/usage_reader.ts";
import { usageMembers } from "../../lib/wire/usage_members.ts";
import { encoder, eventsOf } from "../wire/sse_oracle.ts";
import { type Recording, recordings } from "./recordings.ts";

// deno-lint-ignore no-explicit-any -- the oracle reads what it knows by heart, and nothing else
type Block = any;

/** Input, output, cached and reasoning, by the words of each vendor's reference. */
const ORACLE: Readonly<Record<string, (block: Block) => unknown[]>> = {
  openai_chat: (block) => {
    const reasoning = block.completion_tokens_details?.reasoning_tokens ?? block.reasoning_tokens;
    const beside = block.total_tokens - block.prompt_tokens - block.completion_tokens;
    const cached = block.prompt_tokens_details?.cached_tokens ?? block.prompt_cache_hit_tokens;
    return [block.prompt_tokens, block.completion_tokens + beside, cached, reasoning];
  },
  openai_responses: (block) => [
    block.input_tokens,
    block.output_tokens,
    block.input_tokens_details?.cached_tokens,
    block.output_tokens_details?.reasoning_tokens,
  ],
  anthropic: (block) => [
    block.input_tokens + (block.cache_read_input_tokens ?? 0) +
    (block.cache_creation_input_tokens ?? 0),
    block.output_tokens,
    block.cache_read_input_tokens,
    block.output_tokens_details?.reasoning_tokens,
  ],
  gemini: (block) => [
    block.promptTokenCount + (block.toolUsePromptTokenCount ?? 0),
    (block.candidatesTokenCount ?? 0) + (block.thoughtsTokenCount ?? 0),
    block.cachedContentTokenCount,
    block.thoughtsTokenCount,
  ],
};

/** The blocks of a file in order, wherever they stand in it. */
function blocksIn(value: Block): Block[] {
  if (typeof value !== "object" || value === null) return [];
  const here = [value.usage, value.usageMetadata].filter((block) => block?.constructor === Object);
  return [...here, ...Object.values(value).flatMap(blocksIn)];
}

function parsedLines({ stream }: Recording): Block[] {
  const lines = [...stream.matchAll(/^data: (\{.*\})\s*$/gm)].map(([, line = ""]) => line);
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}

/** What the file's last blocks say; Anthropic tells the input first and the output last. */
function expectedOf(recording: Recording): unknown[] | undefined {
  const blocks = parsedLines(recording).flatMap(blocksIn);
  if (blocks.length === 0) return undefined;
  const { name } = recording.format;
  const whole = name === "anthropic" ? Object.assign({}, ...blocks) : blocks.at(-1);
  return ORACLE[name]?.(whole);
}

/** A block at the top of a reply as text; empty where there is none. */
function blockOf(reply: Block): string {
  return JSON.stringify(reply.usage ?? reply.usageMetadata ?? "");
}

function countsOf(reader: UsageReader): unknown[] | undefined {
  const usage = reader.read();
  if (usage === undefined) return undefined;
  return [usage.inputTokens, usage.outputTokens, usage.cachedTokens, usage.reasoningTokens];
}

const KNOWN = recordings().filter(({ format }) => format.name in ORACLE);

Deno.test({
  name: "nearly all recorded streams tell of tokens (beside the project: ../shared/recorded)",
  ignore: KNOWN.length === 0,
  fn() {
    const telling = KNOWN.filter((recording) => expectedOf(recording) !== undefined);
    assert.ok(telling.length > 80 && telling.length > KNOWN.length - 5, `${telling.length}`);
  },
});

for (const recording of KNOWN) {
  Deno.test(`UsageReader.read() equals the usage block of ${recording.name}`, () => {
    const expected = expectedOf(recording);
    const reader = new UsageReader();
    for (const event of eventsOf([encoder.encode(recording.stream)])) reader.event(event);
    assert.deepEqual(countsOf(reader), expected);
  });
}

for (const recording of KNOWN) {
  const replies = parsedLines(recording).map((line) => line.response ?? line.message ?? line)
    .filter((reply) => /"(?:prompt_tokens|input_tokens|promptTokenCount)":/.test(blockOf(reply)));
  if (replies.length === 0) continue;

  Deno.test(`usageMembers() finds the same in the answers of ${recording.name} as JSON`, () => {
    for (const reply of replies) {
      const members = usageMembers(encoder.encode(JSON.stringify(reply, null, 2)));
      const reader = new UsageReader();
      reader.reply(members ?? {});
      const block = reply.usage ?? reply.usageMetadata;
      assert.deepEqual(countsOf(reader), ORACLE[recording.format.name]?.(block));
    }
  });
}
