/** The official OpenAI SDK: what is sent as a form, with the model in a field of it. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { toFile } from "openai";
import { reply } from "../peer.ts";
import { openaiAt, rest } from "./clients.ts";
import { always, byPath, json, namedFrame, stream } from "./providers.ts";
import { linesOf, type Passed, sameBothWays } from "./same_both_ways.ts";

/** Every byte, so that no coding of text survives unseen. */
const BYTES = Uint8Array.from({ length: 256 }, (_, value) => value);
const IMAGES = { created: 1770933892, data: [{ b64_json: "iVBORw0KGgo=" }] };
const TRANSCRIPT_EVENTS = [
  { type: "transcript.text.delta", delta: "Hello" },
  { type: "transcript.text.delta", delta: " there." },
  { type: "transcript.text.done", text: "Hello there." },
];

function assertForm(run: Passed<unknown>, fields: Readonly<Record<string, string>>): void {
  const body = run.requests[0]?.body ?? "";
  for (const [name, value] of Object.entries(fields)) {
    assert.ok(body.includes(`name="${name}"\r\n\r\n${value}\r\n--BOUNDARY`), name);
  }
  assert.ok(body.includes(`\r\n\r\n${Buffer.from(BYTES).toString("latin1")}\r\n--BOUNDARY`));
}

Deno.test("openai audio.transcriptions.create() uploads a sound to the backend's model", async () => {
  const provider = byPath({ "/v1/audio/transcriptions": json({ text: "Hello there." }) });
  const run = await sameBothWays(provider, async ({ url, model }) => {
    const file = await toFile(BYTES, "hello.wav", { type: "audio/wav" });
    return await openaiAt(url).audio.transcriptions.create({ model, file, language: "en" });
  });
  assert.deepEqual(run.result, { text: "Hello there." });
  assert.deepEqual(linesOf(run), ["POST /v1/audio/transcriptions"]);
  assertForm(run, { model: "model-a", language: "en" });
});

Deno.test("openai audio.transcriptions.create() streams the backend's pieces", async () => {
  const events = stream(TRANSCRIPT_EVENTS.map(namedFrame));
  const run = await sameBothWays(
    byPath({ "/v1/audio/transcriptions": events }),
    async ({ url, model }) => {
      const file = await toFile(BYTES, "hello.wav", { type: "audio/wav" });
      const call = { model, file, stream: true } as const;
      return await rest(await openaiAt(url).audio.transcriptions.create(call));
    },
  );
  assert.deepEqual(run.result, TRANSCRIPT_EVENTS);
  assertForm(run, { model: "model-a", stream: "true" });
});

Deno.test("openai audio.translations.create() gives plain text where it is asked for", async () => {
  const text = always(reply(200, "Hello there.\n", { "content-type": "text/plain" }));
  const provider = byPath({ "/v1/audio/translations": text });
  const run = await sameBothWays(provider, async ({ url, model }) => {
    const file = await toFile(BYTES, "hallo.wav", { type: "audio/wav" });
    const call = { model, file, response_format: "text" } as const;
    const result: unknown = await openaiAt(url).audio.translations.create(call);
    return result;
  });
  assert.equal(run.result, "Hello there.\n");
  assertForm(run, { model: "model-a", response_format: "text" });
});

Deno.test("openai images.edit() uploads an image to the backend's model", async () => {
  const provider = byPath({ "/v1/images/edits": json(IMAGES) });
  const run = await sameBothWays(provider, async ({ url, model }) => {
    const image = await toFile(BYTES, "square.png", { type: "image/png" });
    const call = { model, image, prompt: "Make it red: Grüße" };
    return (await openaiAt(url).images.edit(call)).data;
  });
  assert.deepEqual(run.result, IMAGES.data);
  assert.deepEqual(linesOf(run), ["POST /v1/images/edits"]);
  assertForm(run, { model: "model-a" });
});

Deno.test("openai images.createVariation() uploads an image to the backend's model", async () => {
  const provider = byPath({ "/v1/images/variations": json(IMAGES) });
  const run = await sameBothWays(provider, async ({ url, model }) => {
    const image = await toFile(BYTES, "square.png", { type: "image/png" });
    return (await openaiAt(url).images.createVariation({ model, image, n: 1 })).data;
  });
  assert.deepEqual(run.result, IMAGES.data);
  assert.deepEqual(linesOf(run), ["POST /v1/images/variations"]);
  assertForm(run, { model: "model-a", n: "1" });
});
