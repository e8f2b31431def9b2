/** The official Anthropic SDK when a stream ends early, on either side. */
import assert from "node:assert/strict";
import type { MessageStream } from "@anthropic-ai/sdk/lib/MessageStream";
import type { Exchange } from "../peer.ts";
import { chunk } from "../peer.ts";
import { errorBody, TEXT_EVENTS } from "./anthropic_replies.ts";
import { anthropicAt } from "./clients.ts";
import { namedFrame, openStream, startStage, within } from "./providers.ts";

const GREETING = {
  model: "assistant",
  max_tokens: 64,
  messages: [{ role: "user" as const, content: "Hello" }],
};
const FRAMES = TEXT_EVENTS.map(namedFrame);
/** The stream up to its first text. */
const BEGUN = FRAMES.slice(0, 4).join("");
const REMAINDER = FRAMES.slice(4).join("");

Deno.test("anthropic messages.stream() reports text before the rest is sent", async () => {
  const backend = openStream(BEGUN);
  await using stage = await startStage(backend.script);
  const running = anthropicAt(stage.proxy.url).messages.stream(GREETING);
  assert.equal(await firstText(running), "Hello");
  await (await backend.exchange).write(chunk(REMAINDER) + chunk(""));
  assert.equal(await running.finalText(), "Hello there.");
});

Deno.test("anthropic abort of a stream reaches the backend within a second", async () => {
  const backend = openStream(BEGUN);
  await using stage = await startStage(backend.script);
  const running = anthropicAt(stage.proxy.url).messages.stream(GREETING);
  const ended = assert.rejects(running.done(), { message: "Request was aborted." });
  await firstText(running);
  const { gone } = await backend.exchange;
  running.abort();
  await within(gone, 1000, "the backend's connection ends");
  await ended;
});

const CUTS: Readonly<Record<string, (exchange: Exchange) => void>> = {
  "a reset": ({ reset }) => reset(),
  "an end without the last chunk": ({ close }) => close(),
  "broken framing": ({ write }) => write("no chunk size\r\n"),
};

for (const [name, cut] of Object.entries(CUTS)) {
  Deno.test(`anthropic messages.stream() raises on a stream cut by ${name}`, async () => {
    const backend = openStream(BEGUN);
    await using stage = await startStage(backend.script);
    const running = anthropicAt(stage.proxy.url).messages.stream(GREETING);
    const ended = assert.rejects(running.finalMessage());
    await firstText(running);
    cut(await backend.exchange);
    await ended;
  });

  Deno.test(`anthropic messages.create() raises on a stream cut by ${name}`, async () => {
    const backend = openStream(BEGUN);
    await using stage = await startStage(backend.script);
    const call = { ...GREETING, stream: true } as const;
    const events = (await anthropicAt(stage.proxy.url).messages.create(call))
      [Symbol.asyncIterator]();
    await events.next();
    cut(await backend.exchange);
    await assert.rejects(exhausted(events));
  });
}

Deno.test("anthropic messages.stream() raises the error that a stream reports", async () => {
  const backend = openStream(BEGUN);
  await using stage = await startStage(backend.script);
  const running = anthropicAt(stage.proxy.url).messages.stream(GREETING);
  const ended = assert.rejects(running.finalMessage(), { type: "overloaded_error" });
  await firstText(running);
  const error = namedFrame(errorBody("overloaded_error", "Overloaded"));
  await (await backend.exchange).write(chunk(error) + chunk(""));
  await ended;
});

/** Resolves with the first piece of text, when it comes. */
function firstText(running: MessageStream): Promise<string> {
  return new Promise((resolve) => running.once("text", (piece) => resolve(piece)));
}

async function exhausted<T>(items: AsyncIterator<T>): Promise<void> {
  while (!(await items.next()).done);
}
