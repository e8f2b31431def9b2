/** OpenAI's chat completions. */
import type { DemoAnswer } from "./answer.ts";
import type { DemoFormat } from "./format.ts";

/**
 * https://platform.openai.com/docs/api-reference/chat/object and
 * https://platform.openai.com/docs/api-reference/chat-streaming
 */
export const openaiFormat: DemoFormat = { whole, events };

function whole(answer: DemoAnswer): unknown {
  const message = { role: "assistant", content: answer.tokens.join(""), refusal: null };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: "stop" }];
  return { ...envelope(answer, "chat.completion"), choices, usage: usage(answer) };
}

function* events(answer: DemoAnswer): Iterable<string> {
  const frame = envelope(answer, "chat.completion.chunk");
  const rest = answer.usageWanted ? { usage: null } : {};
  const chunk = (delta: unknown, finish_reason: string | null = null) =>
    event({ ...frame, choices: [{ index: 0, delta, logprobs: null, finish_reason }], ...rest });
  yield chunk({ role: "assistant", content: "" });
  for (const content of answer.tokens) yield chunk({ content });
  yield chunk({}, "stop");
  if (answer.usageWanted) yield event({ ...frame, choices: [], usage: usage(answer) });
  yield "data: [DONE]\n\n";
}

function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

function envelope({ id, model }: DemoAnswer, object: string) {
  return { id: `chatcmpl-demo-${id}`, object, created: Math.floor(Date.now() / 1000), model };
}

function usage({ promptTokens, tokens: { length } }: DemoAnswer) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: length,
    total_tokens: promptTokens + length,
  };
}
