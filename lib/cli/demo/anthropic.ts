/** Anthropic's messages. */
import type { DemoAnswer } from "./answer.ts";
import type { DemoFormat } from "./format.ts";

/**
 * https://docs.anthropic.com/en/api/messages and
 * https://docs.anthropic.com/en/docs/build-with-claude/streaming
 */
export const anthropicFormat: DemoFormat = { whole, events };

function whole(answer: DemoAnswer): unknown {
  const content = [{ type: "text", text: answer.tokens.join("") }];
  return { ...message(answer, answer.tokens.length), content, ...ENDED };
}

const ENDED = { stop_reason: "end_turn", stop_sequence: null };

function* events(answer: DemoAnswer): Iterable<string> {
  yield event("message_start", { message: message(answer, 1) });
  yield event("content_block_start", { index: 0, content_block: { type: "text", text: "" } });
  yield event("ping", {});
  for (const text of answer.tokens) {
    yield event("content_block_delta", { index: 0, delta: { type: "text_delta", text } });
  }
  yield event("content_block_stop", { index: 0 });
  const usage = { output_tokens: answer.tokens.length };
  yield event("message_delta", { delta: ENDED, usage });
  yield event("message_stop", {});
}

/** Each event says its type twice: for the stream's reader and for the JSON's. */
function event(type: string, rest: Readonly<Record<string, unknown>>): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
}

/** A message of which nothing is written yet. */
function message({ id, model, promptTokens }: DemoAnswer, output_tokens: number) {
  return {
    id: `msg_demo_${id}`,
    type: "message",
    role: "assistant",
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: promptTokens, output_tokens },
  };
}
