/** The vendors' own clients, as a caller that may use some models only. */
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI, { AzureOpenAI, toFile } from "openai";
import { startRestricted } from "./restricted.ts";

const KEY = "key-of-phone-123";
const SCHEMA = {
  type: "object",
  properties: { model: { type: "string", enum: ["dear"], default: "dear" } },
} as const;

Deno.test("a restricted caller's OpenAI client chats, embeds and uploads", async () => {
  await using line = await startRestricted();
  const client = new OpenAI({ baseURL: `${line.proxy.url}/v1`, apiKey: KEY, maxRetries: 0 });
  const model = "cheap";
  const tool = { type: "function", function: { name: "spawn", parameters: SCHEMA } } as const;
  await client.chat.completions.create({ model, messages: [], tools: [tool] });
  await client.responses.create({ model, input: "hi" });
  await client.embeddings.create({ model, input: "hi" });
  await client.images.generate({ model, prompt: "a cat" });
  const file = await toFile(new Uint8Array(2_000_000), 'a "voice"; name=model.wav');
  await client.audio.transcriptions.create({ model, file });
  await client.images.edit({ model, prompt: "a cat", image: file });
  assert.equal(line.backend.requests.length, 6);
  await assert.rejects(client.files.list(), { status: 403 });
  await assert.rejects(client.responses.retrieve("resp_1"), { status: 403 });
  await assert.rejects(client.audio.transcriptions.create({ model: "dear", file }), {
    status: 403,
  });
  assert.equal(line.backend.requests.length, 6);
});

Deno.test("a restricted caller's Azure client chats on its deployment", async () => {
  await using line = await startRestricted();
  const client = new AzureOpenAI({
    endpoint: line.proxy.url,
    apiKey: KEY,
    apiVersion: "2024-10-21",
    maxRetries: 0,
  });
  await client.chat.completions.create({ model: "cheap", messages: [] });
  const request = client.chat.completions.create({ model: "dear", messages: [] });
  await assert.rejects(request, { status: 403 });
  assert.equal(line.backend.requests.length, 1);
});

Deno.test("a restricted caller's Anthropic client goes on with a tool's call", async () => {
  await using line = await startRestricted();
  const client = new Anthropic({ baseURL: line.proxy.url, apiKey: KEY, maxRetries: 0 });
  const call = {
    model: "cheap",
    max_tokens: 1,
    tools: [{ name: "spawn", input_schema: SCHEMA }],
    messages: [
      { role: "assistant", content: [toolUse("toolu_1")] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "dear" }] },
    ],
  } satisfies Anthropic.MessageCreateParams;
  await client.messages.create(call);
  await client.messages.countTokens({ model: "cheap", messages: call.messages });
  assert.equal(line.backend.requests.length, 2);
  await assert.rejects(client.messages.create({ ...call, model: "dear" }), { status: 403 });
  await assert.rejects(client.messages.batches.list(), { status: 403 });
});

function toolUse(id: string) {
  return { type: "tool_use", id, name: "spawn", input: { model: "dear" } } as const;
}

Deno.test("a restricted caller's Google client generates", async () => {
  await using line = await startRestricted();
  const client = new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: line.proxy.url } });
  await client.models.generateContent({ model: "cheap", contents: "hi" });
  await client.models.countTokens({ model: "cheap", contents: "hi" });
  await client.models.embedContent({ model: "cheap", contents: ["hi", "ho"] });
  assert.equal(line.backend.requests.length, 3);
  await assert.rejects(
    client.models.generateContent({ model: "dear", contents: "hi" }),
    { status: 403 },
  );
  await assert.rejects(client.caches.list(), { status: 403 });
});
