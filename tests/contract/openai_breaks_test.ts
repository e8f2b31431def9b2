/** The official OpenAI SDK when a stream ends early, on either side. */
import assert from "node:assert/strict";
import type OpenAI from "openai";
import type { Exchange } from "../peer.ts";
import { chunk } from "../peer.ts";
import { openaiAt } from "./clients.ts";
import { COMPLETION, RESPONSE_EVENTS, TEXT_CHUNKS } from "./openai_replies.ts";
import { dataFrame, namedFrame, openStream, startStage, within } from "./providers.ts";

const GREETING = { model: "assistant", messages: [{ role: "user" as const, content: "Hello" }] };
const FIRST = dataFrame(TEXT_CHUNKS[1]);
const FIRST_DELTA = RESPONSE_EVENTS.findIndex(({ type }) => type.endsWith(".delta"));

Deno.test("openai chat.completions.create() yields a chunk before the next one is sent", async () => {
  const backend = openStream(FIRST);
  await using stage = await startStage(backend.script);
  const chunks = iterate(await streamed(openaiAt(stage.proxy.url)));
  assert.deepEqual((await chunks.next()).value, TEXT_CHUNKS[1]);
  const { write } = await backend.exchange;
  await write(chunk(dataFrame(TEXT_CHUNKS[2])));
  assert.deepEqual((await chunks.next()).value, TEXT_CHUNKS[2]);
  await write(chunk("data: [DONE]\n\n") + chunk(""));
  assert.equal((await chunks.next()).done, true);
});

Deno.test("openai abort of a stream reaches the backend within a second", async () => {
  const backend = openStream(FIRST);
  await using stage = await startStage(backend.script);
  const abort = new AbortController();
  const chunks = iterate(await streamed(openaiAt(stage.proxy.url), abort.signal));
  await chunks.next();
  const { gone } = await backend.exchange;
  abort.abort();
  await within(gone, 1000, "the backend's connection ends");
  await chunks.return?.();
});

Deno.test("openai break out of a stream reaches the backend within a second", async () => {
  const backend = openStream(FIRST);
  await using stage = await startStage(backend.script);
  for await (const _chunk of await streamed(openaiAt(stage.proxy.url))) break;
  const { gone } = await backend.exchange;
  await within(gone, 1000, "the backend's connection ends");
});

const CUTS: Readonly<Record<string, (exchange: Exchange) => void>> = {
  "a reset": ({ reset }) => reset(),
  "an end without the last chunk": ({ close }) => close(),
  "broken framing": ({ write }) => write("no chunk size\r\n"),
};

for (const [name, cut] of Object.entries(CUTS)) {
  Deno.test(`openai chat.completions.create() raises on a stream cut by ${name}`, async () => {
    const backend = openStream(FIRST);
    await using stage = await startStage(backend.script);
    const chunks = iterate(await streamed(openaiAt(stage.proxy.url)));
    await chunks.next();
    cut(await backend.exchange);
    await assert.rejects(chunks.next());
  });

  Deno.test(`openai responses.create() raises on a stream cut by ${name}`, async () => {
    const events = RESPONSE_EVENTS.slice(0, FIRST_DELTA + 1);
    const backend = openStream(events.map(namedFrame).join(""));
    await using stage = await startStage(backend.script);
    const call = { model: "assistant", input: "Hello", stream: true } as const;
    const got = iterate(await openaiAt(stage.proxy.url).responses.create(call));
    for (const _event of events) assert.equal((await got.next()).done, false);
    cut(await backend.exchange);
    await assert.rejects(got.next());
  });
}

Deno.test("openai chat.completions.create() raises on a body shorter than announced", async () => {
  const body = JSON.stringify(COMPLETION);
  const head =
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
  await using stage = await startStage(async ({ write, close }) => {
    await write(`${head}\r\n\r\n${body.slice(0, -1)}`);
    close();
  });
  await assert.rejects(openaiAt(stage.proxy.url).chat.completions.create(GREETING));
});

Deno.test("openai chat.completions.create() raises the error that a stream reports", async () => {
  const error = { message: "The server is overloaded.", type: "server_error", code: "overloaded" };
  const backend = openStream(FIRST);
  await using stage = await startStage(backend.script);
  const chunks = iterate(await streamed(openaiAt(stage.proxy.url)));
  await chunks.next();
  await (await backend.exchange).write(chunk(dataFrame({ error })) + chunk(""));
  await assert.rejects(chunks.next(), { message: "The server is overloaded.", code: "overloaded" });
});

function streamed(client: OpenAI, signal?: AbortSignal) {
  return client.chat.completions.create({ ...GREETING, stream: true }, { signal });
}

function iterate<T>(items: AsyncIterable<T>): AsyncIterator<T> {
  return items[Symbol.asyncIterator]();
}
