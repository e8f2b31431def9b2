/** What the official OpenAI SDK gets through the proxy when all goes well. */
import assert from "node:assert/strict";
import { reply } from "../peer.ts";
import { openaiAt, rest } from "./clients.ts";
import {
  COMPLETION,
  EMBEDDING,
  embeddings,
  MODERATION,
  RATE_LIMITED,
  RESPONSE,
  RESPONSE_EVENTS,
  TEXT_CHUNKS,
  TOOL_CHUNKS,
} from "./openai_replies.ts";
import {
  always,
  bodyOf,
  byPath,
  dataFrame,
  headersOf,
  json,
  namedFrame,
  startStage,
  stream,
} from "./providers.ts";

const CHAT = "/v1/chat/completions";
const GREETING = { model: "assistant", messages: [{ role: "user" as const, content: "Hello" }] };
const DONE = "data: [DONE]\n\n";

Deno.test("openai chat.completions.create() gives the backend's completion", async () => {
  await using stage = await startStage(byPath({ [CHAT]: json(COMPLETION) }));
  const completion = await openaiAt(stage.proxy.url).chat.completions.create(GREETING);
  assert.deepEqual(completion, COMPLETION);
  assert.deepEqual(bodyOf(stage.primary.requests[0]), { ...GREETING, model: "model-a" });
});

Deno.test("openai chat.completions.create() streams the backend's chunks", async () => {
  const frames = [...TEXT_CHUNKS.map(dataFrame), DONE];
  await using stage = await startStage(byPath({ [CHAT]: stream(frames) }));
  const client = openaiAt(stage.proxy.url);
  const chunks = await rest(await client.chat.completions.create({ ...GREETING, stream: true }));
  assert.deepEqual(chunks, TEXT_CHUNKS);
});

Deno.test("openai chat.completions.stream() puts a streamed answer together", async () => {
  const frames = [...TEXT_CHUNKS.map(dataFrame), DONE];
  await using stage = await startStage(byPath({ [CHAT]: stream(frames) }));
  const running = openaiAt(stage.proxy.url).chat.completions.stream(GREETING);
  assert.equal(await running.finalContent(), "Hello there.");
  assert.equal((await running.totalUsage()).total_tokens, 12);
});

Deno.test("openai chat.completions.stream() puts a streamed tool call together", async () => {
  const frames = [...TOOL_CHUNKS.map(dataFrame), DONE];
  await using stage = await startStage(byPath({ [CHAT]: stream(frames) }));
  const running = openaiAt(stage.proxy.url).chat.completions.stream(GREETING);
  const { message, finish_reason } = (await running.finalChatCompletion()).choices[0]!;
  const [call] = message.tool_calls ?? [];
  assert.equal(finish_reason, "tool_calls");
  assert.ok(call?.type === "function");
  assert.deepEqual(JSON.parse(call.function.arguments), { city: "Rome" });
});

Deno.test("openai responses.create() gives the backend's response", async () => {
  await using stage = await startStage(byPath({ "/v1/responses": json(RESPONSE) }));
  const client = openaiAt(stage.proxy.url);
  const response = await client.responses.create({ model: "assistant", input: "Hello" });
  assert.equal(response.output_text, "Hello there.");
  assert.equal(response.id, "resp_1");
});

Deno.test("openai responses.create() streams the backend's events", async () => {
  const frames = RESPONSE_EVENTS.map(namedFrame);
  await using stage = await startStage(byPath({ "/v1/responses": stream(frames) }));
  const client = openaiAt(stage.proxy.url);
  const call = { model: "assistant", input: "Hello", stream: true } as const;
  assert.deepEqual(await rest(await client.responses.create(call)), RESPONSE_EVENTS);
});

Deno.test("openai responses.stream() puts a streamed response together", async () => {
  const frames = RESPONSE_EVENTS.map(namedFrame);
  await using stage = await startStage(byPath({ "/v1/responses": stream(frames) }));
  const client = openaiAt(stage.proxy.url);
  const running = client.responses.stream({ model: "assistant", input: "Hello" });
  const response = await running.finalResponse();
  assert.equal(response.output_text, "Hello there.");
  assert.equal(response.usage?.total_tokens, 12);
});

for (const encoding_format of ["float", "base64", undefined] as const) {
  Deno.test(`openai embeddings.create() gives vectors, encoding ${encoding_format}`, async () => {
    await using stage = await startStage(byPath({
      "/v1/embeddings": ({ request, write }) => {
        const asked = bodyOf(request).encoding_format;
        return write(reply(200, JSON.stringify(embeddings(String(asked)))));
      },
    }));
    const call = { model: "assistant", input: "Hello" };
    const { data } = await openaiAt(stage.proxy.url).embeddings.create(
      encoding_format === undefined ? call : { ...call, encoding_format },
    );
    const vector: unknown = data[0]?.embedding;
    const expected = encoding_format === "base64" ? EMBEDDING.base64 : EMBEDDING.floats;
    assert.deepEqual(vector instanceof Float32Array ? [...vector] : vector, expected);
  });
}

Deno.test("openai moderations.create() gives the backend's judgement", async () => {
  await using stage = await startStage(byPath({ "/v1/moderations": json(MODERATION) }));
  const client = openaiAt(stage.proxy.url);
  const { results } = await client.moderations.create({ model: "assistant", input: "Hello" });
  assert.equal(results[0]?.flagged, true);
  assert.equal(results[0]?.category_scores.violence, 0.97);
});

Deno.test("openai models.list() lists the aliases, and asks no backend", async () => {
  await using stage = await startStage(byPath({}));
  const models = await rest(openaiAt(stage.proxy.url).models.list());
  assert.deepEqual(models.map(({ id, object }) => [id, object]), [["assistant", "model"]]);
  assert.equal(stage.primary.connections, 0);
});

for (const name of ["gpt-5", "openai/gpt-5", "llama3:8b", "模型 1"]) {
  Deno.test(`openai models.retrieve() finds the alias ${name}`, async () => {
    const alias = `  ${JSON.stringify(name)}: [{ backend: primary, model: model-a }]`;
    await using stage = await startStage(byPath({}), { settings: alias });
    const model = await openaiAt(stage.proxy.url).models.retrieve(name);
    assert.equal(model.id, name);
  });
}

Deno.test("openai chat.completions.create() cannot tell a fallback from the backend", async () => {
  const headers = {
    "x-request-id": "req_b",
    "openai-processing-ms": "17",
    date: "Thu, 01 Jan 2026 00:00:00 GMT",
  };
  const limited = always(reply(429, JSON.stringify(RATE_LIMITED)));
  await using stage = await startStage(limited, { secondary: json(COMPLETION, headers) });
  const create = (url: string) => openaiAt(url).chat.completions.create(GREETING).withResponse();
  const direct = await create(stage.secondary.url);
  const proxied = await create(stage.proxy.url);
  assert.equal(stage.primary.requests.length, 1);
  assert.deepEqual(proxied.data, direct.data);
  assert.equal(proxied.request_id, "req_b");
  assert.deepEqual([...proxied.response.headers], [...direct.response.headers]);
});

Deno.test("openai chat.completions.create() cannot tell a fallback's stream", async () => {
  const frames = [...TEXT_CHUNKS.map(dataFrame), DONE];
  const limited = always(reply(429, JSON.stringify(RATE_LIMITED)));
  await using stage = await startStage(limited, { secondary: stream(frames) });
  const create = async (url: string) =>
    await rest(await openaiAt(url).chat.completions.create({ ...GREETING, stream: true }));
  assert.deepEqual(await create(stage.proxy.url), await create(stage.secondary.url));
  assert.equal(stage.primary.requests.length, 1);
});

Deno.test("openai headers reach the backend as the SDK sent them", async () => {
  await using stage = await startStage(json(COMPLETION));
  const options = { organization: "org-1", project: "proj-1" };
  const create = (url: string) => openaiAt(url, options).chat.completions.create(GREETING);
  await create(stage.primary.url);
  await create(stage.proxy.url);
  const [direct, proxied] = stage.primary.requests.map(headersOf);
  assert.deepEqual(proxied, direct);
  assert.equal(proxied?.authorization, "Bearer sk-caller");
  assert.equal(proxied?.["openai-organization"], "org-1");
  assert.match(proxied?.["user-agent"] ?? "", /^OpenAI\/JS /);
  assert.equal(proxied?.["x-stainless-lang"], "js");
});

Deno.test("openai bodies of 5 MB arrive whole, both ways", async () => {
  const long = "0123456789abcdef".repeat(5 * 65_536);
  const [choice] = COMPLETION.choices;
  const answer = { ...choice!, message: { ...choice!.message, content: long } };
  await using stage = await startStage(json({ ...COMPLETION, choices: [answer] }));
  const call = { model: "assistant", messages: [{ role: "user" as const, content: long }] };
  const { choices } = await openaiAt(stage.proxy.url).chat.completions.create(call);
  assert.ok(choices[0]?.message.content === long);
  const sent = new TextDecoder().decode(stage.primary.requests[0]?.body);
  assert.ok(sent === JSON.stringify({ ...call, model: "model-a" }));
});
