/** What the official Anthropic SDK gets through the proxy when all goes well. */
import assert from "node:assert/strict";
import type { MessageStream } from "@anthropic-ai/sdk/lib/MessageStream";
import { reply } from "../peer.ts";
import {
  errorBody,
  MESSAGE,
  TEXT_EVENTS,
  THINKING_EVENTS,
  TOOL_EVENTS,
} from "./anthropic_replies.ts";
import { anthropicAt, rest } from "./clients.ts";
import {
  always,
  bodyOf,
  byPath,
  headersOf,
  json,
  namedFrame,
  startStage,
  stream,
} from "./providers.ts";

const MESSAGES = "/v1/messages";
const GREETING = {
  model: "assistant",
  max_tokens: 64,
  messages: [{ role: "user" as const, content: "Hello" }],
};
const LIMITED = always(reply(429, JSON.stringify(errorBody("rate_limit_error", "Slow down."))));

Deno.test("anthropic messages.create() gives the backend's message", async () => {
  await using stage = await startStage(byPath({ [MESSAGES]: json(MESSAGE) }));
  const message = await anthropicAt(stage.proxy.url).messages.create(GREETING);
  assert.deepEqual(message, MESSAGE);
  assert.deepEqual(bodyOf(stage.primary.requests[0]), { ...GREETING, model: "model-a" });
});

Deno.test("anthropic messages.create() streams the backend's events, less the pings", async () => {
  const frames = TEXT_EVENTS.map(namedFrame);
  await using stage = await startStage(byPath({ [MESSAGES]: stream(frames) }));
  const client = anthropicAt(stage.proxy.url);
  const events = await rest(await client.messages.create({ ...GREETING, stream: true }));
  assert.deepEqual(events, TEXT_EVENTS.filter(({ type }) => type !== "ping"));
});

Deno.test("anthropic messages.stream() reports each piece of text as it comes", async () => {
  await using stage = await startStage(stream(TEXT_EVENTS.map(namedFrame)));
  const running = anthropicAt(stage.proxy.url).messages.stream(GREETING);
  const pieces: string[] = [];
  running.on("text", (piece) => pieces.push(piece));
  assert.equal(await running.finalText(), "Hello there.");
  assert.deepEqual(pieces, ["Hello", " there."]);
  assert.equal((await running.finalMessage()).usage.output_tokens, 30);
});

Deno.test("anthropic messages.stream() puts a tool's input together", async () => {
  await using stage = await startStage(stream(TOOL_EVENTS.map(namedFrame)));
  const { content, stop_reason } = await streamed(stage.proxy.url).finalMessage();
  const [block] = content;
  assert.equal(stop_reason, "tool_use");
  assert.ok(block?.type === "tool_use");
  assert.deepEqual([block.name, block.input], ["weather", { city: "Rome" }]);
});

Deno.test("anthropic messages.stream() keeps thoughts, their signature and the redacted", async () => {
  await using stage = await startStage(stream(THINKING_EVENTS.map(namedFrame)));
  const running = streamed(stage.proxy.url);
  const thoughts: string[] = [];
  running.on("thinking", (piece) => thoughts.push(piece));
  const { content } = await running.finalMessage();
  assert.deepEqual(thoughts, ["They greet", " me."]);
  assert.deepEqual(
    content.map((block) => block.type === "thinking" ? block.signature : block.type),
    ["EqQBCgIYAhIM", "redacted_thinking", "text"],
  );
});

Deno.test("anthropic messages.countTokens() gives the backend's count", async () => {
  const path = "/v1/messages/count_tokens";
  await using stage = await startStage(byPath({ [path]: json({ input_tokens: 2095 }) }));
  const { model, messages } = GREETING;
  const count = await anthropicAt(stage.proxy.url).messages.countTokens({ model, messages });
  assert.equal(count.input_tokens, 2095);
});

Deno.test("anthropic beta.messages.create() keeps its query and its beta header", async () => {
  await using stage = await startStage(byPath({ [MESSAGES]: json(MESSAGE) }));
  const betas = ["context-1m-2025-08-07", "interleaved-thinking-2025-05-14"];
  const options = { query: { beta: "true" } };
  await anthropicAt(stage.proxy.url).beta.messages.create({ ...GREETING, betas }, options);
  const [request] = stage.primary.requests;
  assert.equal(request?.target, "/v1/messages?beta=true");
  assert.equal(headersOf(request)["anthropic-beta"], betas.join(","));
});

Deno.test("anthropic models.list() lists the aliases, and asks no backend", async () => {
  await using stage = await startStage(byPath({}));
  const models = await rest(anthropicAt(stage.proxy.url).models.list({ limit: 1000 }));
  assert.deepEqual(models.map(({ id, type }) => [id, type]), [["assistant", "model"]]);
  assert.equal(stage.primary.connections, 0);
});

Deno.test("anthropic models.retrieve() finds an alias", async () => {
  await using stage = await startStage(byPath({}));
  const model = await anthropicAt(stage.proxy.url).models.retrieve("assistant");
  assert.deepEqual([model.id, model.display_name], ["assistant", "assistant"]);
});

Deno.test("anthropic messages.create() cannot tell a fallback from the backend", async () => {
  const headers = { "request-id": "req_b", date: "Thu, 01 Jan 2026 00:00:00 GMT" };
  await using stage = await startStage(LIMITED, { secondary: json(MESSAGE, headers) });
  const create = (url: string) => anthropicAt(url).messages.create(GREETING).withResponse();
  const direct = await create(stage.secondary.url);
  const proxied = await create(stage.proxy.url);
  assert.equal(stage.primary.requests.length, 1);
  assert.deepEqual(proxied.data, direct.data);
  assert.equal(proxied.request_id, "req_b");
  assert.deepEqual([...proxied.response.headers], [...direct.response.headers]);
});

Deno.test("anthropic messages.stream() cannot tell a fallback's stream", async () => {
  const thinking = stream(THINKING_EVENTS.map(namedFrame));
  await using stage = await startStage(LIMITED, { secondary: thinking });
  const proxied = await streamed(stage.proxy.url).finalMessage();
  assert.deepEqual(proxied, await streamed(stage.secondary.url).finalMessage());
  assert.equal(stage.primary.requests.length, 1);
});

Deno.test("anthropic headers reach the backend as the SDK sent them", async () => {
  await using stage = await startStage(json(MESSAGE));
  const options = { defaultHeaders: { "x-api-key": "sk-caller-2", "x-app": "cli" } };
  const create = (url: string) => anthropicAt(url, options).messages.create(GREETING);
  await create(stage.primary.url);
  await create(stage.proxy.url);
  const [direct, proxied] = stage.primary.requests.map(headersOf);
  assert.deepEqual(proxied, direct);
  assert.ok(Object.values(proxied ?? {}).some((value) => /^(Bearer )?sk-caller$/.test(value)));
  assert.equal(proxied?.["x-api-key"], "sk-caller-2");
  assert.match(proxied?.["anthropic-version"] ?? "", /^\d{4}-\d\d-\d\d$/);
  assert.match(proxied?.["user-agent"] ?? "", /^Anthropic\/JS /);
  assert.equal(proxied?.["x-stainless-lang"], "js");
});

Deno.test("anthropic bodies of 5 MB arrive whole, both ways", async () => {
  const long = "0123456789abcdef".repeat(5 * 65_536);
  await using stage = await startStage(
    json({ ...MESSAGE, content: [{ type: "text", text: long }] }),
  );
  const call = { ...GREETING, messages: [{ role: "user" as const, content: long }] };
  const { content: [block] } = await anthropicAt(stage.proxy.url).messages.create(call);
  assert.ok(block?.type === "text" && block.text === long);
  const sent = new TextDecoder().decode(stage.primary.requests[0]?.body);
  assert.ok(sent === JSON.stringify({ ...call, model: "model-a" }));
});

function streamed(url: string): MessageStream {
  return anthropicAt(url).messages.stream(GREETING);
}
