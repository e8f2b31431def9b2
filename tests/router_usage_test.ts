/** What answers cost and when they began, as the record of a request has it, whatever passes. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { Usage } from "../lib/dialect/usage.ts";
import type { Entry } from "../lib/record/entry.ts";
import { callRaw, connectTo, requestBytes } from "./caller.ts";
import { chain } from "./chain.ts";
import { chunk, CONTENT, DONE, reply, startPeer, startReplier, STREAM_HEAD } from "./peer.ts";
import { startProxy } from "./proxy.ts";

const CHAT = "/v1/chat/completions";

interface Case {
  readonly target: string;
  readonly events: readonly unknown[];
  readonly json: unknown;
}

/** Each vendor's way to say: 20 in, of which 8 from the cache, 5 out. */
const CASES: Readonly<Record<string, Case>> = {
  openai_chat: {
    target: CHAT,
    events: [
      { choices: [{ delta: { content: "Servus" } }], usage: null },
      { choices: [{ delta: {}, finish_reason: "stop" }], usage: null },
      { choices: [], usage: chatUsage() },
    ],
    json: { choices: [{ message: { content: "Servus" } }], usage: chatUsage() },
  },
  openai_responses: {
    target: "/v1/responses",
    events: [
      { type: "response.created", response: { usage: null } },
      { type: "response.output_text.delta", delta: "Servus" },
      { type: "response.incomplete", response: { usage: responsesUsage() } },
    ],
    json: { output: [{}], usage: responsesUsage() },
  },
  anthropic: {
    target: "/v1/messages",
    events: [
      { type: "message_start", message: { usage: { ...anthropicUsage(), output_tokens: 1 } } },
      { type: "content_block_delta", delta: { text: "Servus" } },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 5 } },
      { type: "message_stop" },
    ],
    json: { content: [{}], usage: anthropicUsage() },
  },
  gemini: {
    target: "/v1beta/models/chat:streamGenerateContent?alt=sse",
    events: [
      { candidates: [{ content: { parts: [{ text: "Ser" }] } }], usageMetadata: geminiUsage(1) },
      { candidates: [{ finishReason: "STOP" }], usageMetadata: geminiUsage(5) },
    ],
    json: { candidates: [{}], usageMetadata: geminiUsage(5) },
  },
};

function chatUsage() {
  return { prompt_tokens: 20, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 8 } };
}

function responsesUsage() {
  return { input_tokens: 20, output_tokens: 5, input_tokens_details: { cached_tokens: 8 } };
}

function anthropicUsage() {
  return {
    input_tokens: 10,
    cache_read_input_tokens: 8,
    cache_creation_input_tokens: 2,
    output_tokens: 5,
  };
}

function geminiUsage(candidatesTokenCount: number) {
  return { promptTokenCount: 20, candidatesTokenCount, cachedContentTokenCount: 8 };
}

const EXPECTED: Usage = {
  inputTokens: 20,
  outputTokens: 5,
  cachedTokens: 8,
  reasoningTokens: undefined,
};

/** The record of one call that a backend answers with these bytes, and the body its caller got. */
async function recorded(target: string, answer: Uint8Array | string, streamed = false) {
  await using first = await startReplier(answer);
  await using proxy = await startProxy(chain({ first }));
  const ended = Promise.withResolvers<Entry>();
  proxy.state.journal.watch({ onAttempt() {}, onEnd: ended.resolve });
  const { body } = await callRaw(proxy.url, {
    target,
    body: JSON.stringify({ model: "chat", ...streamed && { stream: true } }),
  });
  return { entry: await ended.promise, body: new TextDecoder().decode(body) };
}

function eventsText({ events }: Case): string {
  return events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
}

for (const [vendor, each] of Object.entries(CASES)) {
  Deno.test(`Entry.usage is what a stream of ${vendor} says, which passes as it is`, async () => {
    const text = eventsText(each);
    const { entry, body } = await recorded(
      each.target,
      STREAM_HEAD + chunk(text) + chunk(""),
      true,
    );
    assert.deepEqual(entry.usage, EXPECTED);
    assert.equal(body, text);
  });

  Deno.test(`Entry.usage is what a compressed stream of ${vendor} says`, async () => {
    const headers = { "content-type": "text/event-stream", "content-encoding": "gzip" };
    const answer = reply(200, gzipSync(eventsText(each)), headers);
    assert.deepEqual((await recorded(each.target, answer, true)).entry.usage, EXPECTED);
  });

  const target = each.target.replace(/:stream.*/, ":generateContent");
  Deno.test(`Entry.usage is what JSON of ${vendor} says, compressed or not`, async () => {
    const text = JSON.stringify(each.json);
    const gzip = { "content-encoding": "gzip" };
    for (const answer of [reply(200, text), reply(200, gzipSync(text), gzip)]) {
      assert.deepEqual((await recorded(target, answer)).entry.usage, EXPECTED);
    }
  });
}

Deno.test("Entry.usage is what embeddings say", async () => {
  const answer = reply(200, JSON.stringify({ data: [{}], usage: { prompt_tokens: 7 } }));
  const { entry } = await recorded("/v1/embeddings", answer);
  assert.equal(entry.usage?.inputTokens, 7);
});

Deno.test("Entry.usage is not known of a count, of a stored response, or of JSON over 1 MiB", async () => {
  const usage = chatUsage();
  const answers: readonly (readonly [string, unknown])[] = [
    ["/v1/messages/count_tokens", { input_tokens: 9 }],
    ["/v1/responses/resp_1/input_items", { id: "resp_1", object: "response", usage }],
    [CHAT, { choices: [{ message: { content: "x".repeat(1 << 20) } }], usage }],
  ];
  for (const [target, json] of answers) {
    const { entry } = await recorded(target, reply(200, JSON.stringify(json)));
    assert.equal(entry.response?.status, 200);
    assert.equal(entry.usage, undefined);
  }
});

Deno.test("ReplyNotes tell when the head and the first content of each attempt came", async () => {
  await using failing = await startReplier(reply(503));
  const steps = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  await using working = await startPeer(async ({ write }) => {
    await steps[0].promise;
    await write(STREAM_HEAD + chunk(`data: {"choices":[{"delta":{"role":"assistant"}}]}\n\n`));
    await steps[1].promise;
    await write(chunk(CONTENT) + chunk(DONE) + chunk(""));
  });
  const detection = "detection: { stream_gate: false }";
  await using proxy = await startProxy(chain({ failing, working }, detection));
  const ended = Promise.withResolvers<Entry>();
  proxy.state.journal.watch({ onAttempt() {}, onEnd: ended.resolve });
  await using caller = await connectTo(proxy.url);
  await caller.send(requestBytes({ body: `{"model":"chat","stream":true}` }));
  await working.seen(0);
  proxy.pass(2);
  steps[0].resolve();
  await caller.until("assistant");
  proxy.pass(3);
  steps[1].resolve();
  await caller.reply();
  const { attempts } = await ended.promise;
  assert.deepEqual(attempts.map(({ notes }) => notes.headMs), [0, 2000]);
  assert.deepEqual(attempts.map(({ notes }) => notes.contentMs), [undefined, 5000]);
});
