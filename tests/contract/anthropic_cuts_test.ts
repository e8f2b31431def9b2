/** The official Anthropic SDK: no stream that was cut after content ends as if it were whole. */
import { TEXT_EVENTS } from "./anthropic_replies.ts";
import { anthropicAt } from "./clients.ts";
import { type Read, testCuts } from "./cuts.ts";
import { namedFrame } from "./providers.ts";

const GREETING = {
  model: "assistant",
  max_tokens: 64,
  messages: [{ role: "user" as const, content: "Hello" }],
};

const READS: Readonly<Record<string, Read>> = {
  async "anthropic messages.create()"(url, onContent) {
    const events = await anthropicAt(url).messages.create({ ...GREETING, stream: true });
    for await (const { type } of events) if (type === "content_block_delta") onContent();
  },
  async "anthropic messages.stream()"(url, onContent) {
    const running = anthropicAt(url).messages.stream(GREETING);
    running.once("text", onContent);
    await running.finalMessage();
  },
  async "anthropic messages.stream() read event by event"(url, onContent) {
    const running = anthropicAt(url).messages.stream(GREETING);
    for await (const { type } of running) if (type === "content_block_delta") onContent();
  },
};

testCuts(READS, TEXT_EVENTS.slice(0, 4).map(namedFrame).join(""));
