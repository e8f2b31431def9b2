/** The official OpenAI SDK: tools, in chats and responses, whole and streamed. */
import assert from "node:assert/strict";
import type OpenAI from "openai";
import { openaiAt, rest } from "./clients.ts";
import { COMPLETION, RESPONSE } from "./openai_replies.ts";
import {
  TOOL_COMPLETION,
  TOOL_RESPONSE,
  TOOL_RESPONSE_EVENTS,
  TWO_TOOL_CHUNKS,
  WEATHER,
} from "./openai_tool_replies.ts";
import { dataFrame, json, namedFrame, stream } from "./providers.ts";
import { jsonOf, linesOf, sameBothWays } from "./same_both_ways.ts";
import { reply, type Script } from "../peer.ts";

const CHAT_LINE = "POST /v1/chat/completions";
const ASKED = {
  messages: [{ role: "user" as const, content: "What is the weather in Rome?" }],
  tools: [{ type: "function" as const, function: WEATHER }],
  tool_choice: "auto" as const,
};
const RESPONSE_TOOLS = [{ type: "function" as const, ...WEATHER, strict: true }];

Deno.test("openai chat.completions.create() gives the backend's tool call", async () => {
  const run = await sameBothWays(json(TOOL_COMPLETION), ({ url, model }) => {
    return openaiAt(url).chat.completions.create({ model, ...ASKED });
  });
  assert.deepEqual(run.result, TOOL_COMPLETION);
  assert.deepEqual(linesOf(run), [CHAT_LINE]);
  assert.deepEqual(jsonOf(run), { model: "model-a", ...ASKED });
});

Deno.test("openai chat.completions.create() takes a tool's result back", async () => {
  const messages: OpenAI.Chat.ChatCompletionMessageParam[] = [
    ...ASKED.messages,
    TOOL_COMPLETION.choices[0]!.message as OpenAI.Chat.ChatCompletionMessageParam,
    { role: "tool", tool_call_id: "call_1", content: "sunny, 21 °C" },
  ];
  const run = await sameBothWays(json(COMPLETION), ({ url, model }) => {
    return openaiAt(url).chat.completions.create({ model, ...ASKED, messages });
  });
  assert.deepEqual(run.result, COMPLETION);
  assert.deepEqual(jsonOf(run), { model: "model-a", ...ASKED, messages });
});

Deno.test("openai chat.completions.stream() keeps two tool calls apart", async () => {
  const frames = [...TWO_TOOL_CHUNKS.map(dataFrame), "data: [DONE]\n\n"];
  const run = await sameBothWays(stream(frames), async ({ url, model }) => {
    const running = openaiAt(url).chat.completions.stream({ model, ...ASKED });
    return (await running.finalChatCompletion()).choices[0]?.message.tool_calls;
  });
  const calls = run.result?.map((call) => call.type === "function" && call.function.arguments);
  assert.deepEqual(calls, [`{"city":"Rome"}`, `{"city":"Oslo"}`]);
  assert.deepEqual(linesOf(run), [CHAT_LINE]);
  assert.deepEqual(jsonOf(run), { model: "model-a", ...ASKED, stream: true });
});

Deno.test("openai chat.completions.runTools() goes through both rounds", async () => {
  const provider: Script = ({ request, write }) => {
    const answered = new TextDecoder().decode(request.body).includes(`"role":"tool"`);
    return write(reply(200, JSON.stringify(answered ? COMPLETION : TOOL_COMPLETION)));
  };
  const run = await sameBothWays(provider, async ({ url, model }) => {
    const asked: unknown[] = [];
    const weather = (input: string) => {
      asked.push(JSON.parse(input));
      return "sunny";
    };
    const tools = [{ type: "function" as const, function: { ...WEATHER, function: weather } }];
    const running = openaiAt(url).chat.completions.runTools({ model, ...ASKED, tools });
    return { content: await running.finalContent(), asked };
  });
  assert.deepEqual(run.result, { content: "Hello there.", asked: [{ city: "Rome" }] });
  assert.deepEqual(linesOf(run), [CHAT_LINE, CHAT_LINE]);
});

Deno.test("openai responses.create() gives the backend's function call", async () => {
  const run = await sameBothWays(json(TOOL_RESPONSE), async ({ url, model }) => {
    const call = { model, input: "Oslo?", tools: RESPONSE_TOOLS };
    return (await openaiAt(url).responses.create(call)).output;
  });
  assert.deepEqual(run.result, TOOL_RESPONSE.output);
  assert.deepEqual(linesOf(run), ["POST /v1/responses"]);
  assert.deepEqual(jsonOf(run), { model: "model-a", input: "Oslo?", tools: RESPONSE_TOOLS });
});

Deno.test("openai responses.create() streams a function call's arguments", async () => {
  const run = await sameBothWays(
    stream(TOOL_RESPONSE_EVENTS.map(namedFrame)),
    async ({ url, model }) => {
      const call = { model, input: "Oslo?", tools: RESPONSE_TOOLS, stream: true } as const;
      return await rest(await openaiAt(url).responses.create(call));
    },
  );
  assert.deepEqual(run.result, TOOL_RESPONSE_EVENTS);
  assert.deepEqual(linesOf(run), ["POST /v1/responses"]);
});

Deno.test("openai responses.create() takes a function's output back", async () => {
  const input = [{
    type: "function_call_output" as const,
    call_id: "call_1",
    output: "snow, -3 °C",
  }];
  const previous_response_id = "resp_2";
  const run = await sameBothWays(json(RESPONSE), async ({ url, model }) => {
    const call = { model, input, previous_response_id };
    return (await openaiAt(url).responses.create(call)).output_text;
  });
  assert.equal(run.result, "Hello there.");
  assert.deepEqual(jsonOf(run), { model: "model-a", input, previous_response_id });
});
