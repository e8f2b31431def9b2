/** The official OpenAI SDK: no stream that was cut after content ends as if it were whole. */
import { openaiAt } from "./clients.ts";
import { type Read, testCuts } from "./cuts.ts";
import { RESPONSE_EVENTS, TEXT_CHUNKS } from "./openai_replies.ts";
import { dataFrame, namedFrame } from "./providers.ts";

const CHAT = { model: "assistant", messages: [{ role: "user" as const, content: "Hello" }] };
const RESPONSES = { model: "assistant", input: "Hello" };

const CHAT_READS: Readonly<Record<string, Read>> = {
  async "openai chat.completions.create()"(url, onContent) {
    const chunks = await openaiAt(url).chat.completions.create({ ...CHAT, stream: true });
    for await (const _chunk of chunks) onContent();
  },
  async "openai chat.completions.stream()"(url, onContent) {
    const running = openaiAt(url).chat.completions.stream(CHAT);
    running.on("content", onContent);
    await running.finalChatCompletion();
  },
};

const RESPONSES_READS: Readonly<Record<string, Read>> = {
  async "openai responses.create()"(url, onContent) {
    const events = await openaiAt(url).responses.create({ ...RESPONSES, stream: true });
    for await (const { type } of events) if (type === "response.output_text.delta") onContent();
  },
  async "openai responses.stream()"(url, onContent) {
    const running = openaiAt(url).responses.stream(RESPONSES);
    running.on("response.output_text.delta", onContent);
    await running.finalResponse();
  },
};

testCuts(CHAT_READS, TEXT_CHUNKS.slice(0, 2).map(dataFrame).join(""));
testCuts(RESPONSES_READS, RESPONSE_EVENTS.slice(0, 5).map(namedFrame).join(""));
