/** What callers get from the demo: by the commands it suggests, and by the vendors' SDKs. */
import assert from "node:assert/strict";
import { anthropicAt, openaiAt, rest } from "../contract/clients.ts";
import { addressOf, type DemoProcess, invited, startDemo } from "./demo_process.ts";

const QUESTION = { role: "user" as const, content: "Hello!" };
const ANSWER = /^Hello from the healthy provider! Your user message .* ordinary request\.$/;

Deno.test("curlExamples() all do what their titles say", async (t) => {
  await using demo = await startDemo();
  const [again, anthropic, cut, unknown, models] = await suggestedRequests(demo);
  await t.step("a stream in OpenAI's format", async () => {
    assert.match(await (await perform(again)).text(), /^data: \{.*\n\ndata: \[DONE\]\n\n$/s);
  });
  await t.step("a stream in Anthropic's format", async () => {
    const text = await (await perform(anthropic)).text();
    assert.match(text, /^event: message_start\n.*\nevent: message_stop\n.*\n\n$/s);
  });
  await t.step("a stream that is cut after its first tokens", async () => {
    const response = await perform(cut);
    assert.equal(response.status, 200);
    await assert.rejects(response.text());
  });
  await t.step("an unknown model, with the nearest named", async () => {
    const response = await perform(unknown);
    assert.equal(response.status, 400);
    assert.match((await response.json()).error.message, /"demo-chat"/);
  });
  await t.step("the list of models", async () => {
    const { data } = await (await perform(models)).json();
    const ids = data.map(({ id }: { readonly id: string }) => id);
    assert.deepEqual(ids, ["demo-chat", "demo-claude", "demo-cut"]);
  });
});

Deno.test("demo providers speak the official SDKs' formats", async (t) => {
  await using demo = await startDemo();
  const url = await addressOf(demo);
  const chat = { model: "demo-chat", messages: [QUESTION] };
  const message = { model: "demo-claude", max_tokens: 100, messages: [QUESTION] };
  await invited(demo);
  await t.step("openai streams text and usage", async () => {
    const options = { include_usage: true };
    const asked = { ...chat, stream: true as const, stream_options: options };
    const chunks = await rest(await openaiAt(url).chat.completions.create(asked));
    assert.match(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join(""), ANSWER);
    assert.equal(chunks.at(-2)?.choices[0]?.finish_reason, "stop");
    assert.equal(chunks.at(-1)?.usage?.completion_tokens, 43);
  });
  await t.step("openai gets an answer that is not streamed", async () => {
    const { choices, usage } = await openaiAt(url).chat.completions.create(chat);
    assert.match(choices[0]?.message.content ?? "", ANSWER);
    assert.equal(usage?.completion_tokens, 43);
  });
  await t.step("anthropic streams a message", async () => {
    const { content, stop_reason, usage } = await anthropicAt(url).messages.stream(message)
      .finalMessage();
    assert.match(content[0]?.type === "text" ? content[0].text : "", ANSWER);
    assert.equal(stop_reason, "end_turn");
    assert.equal(usage.output_tokens, 43);
  });
  await t.step("anthropic gets an answer that is not streamed", async () => {
    const { content, usage } = await anthropicAt(url).messages.create(message);
    assert.match(content[0]?.type === "text" ? content[0].text : "", ANSWER);
    assert.equal(usage.output_tokens, 43);
  });
  await t.step("openai raises on the stream that is cut", async () => {
    const asked = { ...chat, model: "demo-cut", stream: true as const };
    await assert.rejects(async () => rest(await openaiAt(url).chat.completions.create(asked)));
  });
  await t.step("anthropic raises on the stream that is cut", async () => {
    const asked = { ...message, model: "demo-cut" };
    await assert.rejects(anthropicAt(url).messages.stream(asked).finalMessage());
  });
});

interface Suggested {
  readonly url: string;
  readonly body: string | undefined;
}

/** The requests of the curl commands that the demo prints. */
async function suggestedRequests(demo: DemoProcess): Promise<Suggested[]> {
  const commands = (await invited(demo)).matchAll(/^ +curl (?:-N )?(\S+)(?: -d '([^']+)')?$/gm);
  return [...commands].map(([, url = "", body]) => ({ url, body }));
}

function perform(suggested: Suggested | undefined): Promise<Response> {
  assert.ok(suggested !== undefined, "the demo suggests too few requests");
  const { url, body } = suggested;
  return fetch(url, body === undefined ? {} : { method: "POST", body });
}
