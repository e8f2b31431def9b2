/** The official Google SDK with its defaults: paths under `/v1`, and models named in bodies as well. */
import assert from "node:assert/strict";
import { GoogleGenAI } from "@google/genai";
import type { Script } from "../peer.ts";
import { CONTENT, CONTENT_PIECES } from "./google_replies.ts";
import { googleAt, rest } from "./clients.ts";
import { byPath, dataFrame, json, startStage, stream } from "./providers.ts";
import { type Destination, jsonOf, linesOf, sameBothWays } from "./same_both_ways.ts";

const AT_ROOT = { basePath: "", settings: "default_backend: primary\n" };
const HELLO = { role: "user", parts: [{ text: "Hello" }] };

function passed<T>(provider: Script, call: (to: Destination) => Promise<T>) {
  return sameBothWays(provider, call, AT_ROOT);
}

/** As its documentation has it: the version is the SDK's own. */
function defaultAt(url: string): GoogleGenAI {
  return new GoogleGenAI({ apiKey: "caller-key", httpOptions: { baseUrl: url } });
}

Deno.test("google models.generateContent() needs no apiVersion", async () => {
  const run = await passed(json(CONTENT), async ({ url, model }) => {
    return (await defaultAt(url).models.generateContent({ model, contents: "Hello" })).text;
  });
  assert.equal(run.result, "Hello there.");
  assert.deepEqual(linesOf(run), ["POST /v1/models/model-a:generateContent"]);
  assert.deepEqual(jsonOf(run), { contents: [HELLO] });
});

Deno.test("google models.generateContentStream() needs no apiVersion", async () => {
  const run = await passed(stream(CONTENT_PIECES.map(dataFrame)), async ({ url, model }) => {
    const { models } = defaultAt(url);
    const pieces = await rest(await models.generateContentStream({ model, contents: "Hello" }));
    return pieces.map(({ text }) => text);
  });
  assert.deepEqual(run.result, ["Hello", " there.", undefined]);
  assert.deepEqual(linesOf(run), ["POST /v1/models/model-a:streamGenerateContent?alt=sse"]);
});

Deno.test("google models.list() needs no apiVersion to get Gemini's shape", async () => {
  await using stage = await startStage(byPath({}), AT_ROOT);
  const models = await rest(await defaultAt(stage.proxy.url).models.list());
  assert.deepEqual(models.map(({ name }) => name), ["models/assistant"]);
});

/** Google refuses a batch whose requests name another model than its path. https://ai.google.dev/api/embeddings */
Deno.test("google models.embedContent() names the backend's model in every request", async () => {
  const path = "/v1beta/models/model-a:batchEmbedContents";
  const provider = byPath({
    [path]: json({ embeddings: [{ values: [0.25, -1] }, { values: [3.5] }] }),
  });
  const run = await passed(provider, async ({ url, model }) => {
    const { models } = googleAt(url);
    const { embeddings } = await models.embedContent({ model, contents: ["Hello", "Bye"] });
    return embeddings?.map(({ values }) => values);
  });
  assert.deepEqual(run.result, [[0.25, -1], [3.5]]);
  assert.deepEqual(linesOf(run), [`POST ${path}`]);
});

Deno.test("google caches.create() names an alias as models/{alias}", async () => {
  const cached = { name: "cachedContents/c-1", model: "models/model-a" };
  const run = await passed(json(cached), async ({ url, model }) => {
    return (await googleAt(url).caches.create({ model, config: { contents: [HELLO] } })).name;
  });
  assert.equal(run.result, "cachedContents/c-1");
  assert.deepEqual(linesOf(run), ["POST /v1beta/cachedContents"]);
});
