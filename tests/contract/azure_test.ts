/** The `AzureOpenAI` client: the model is the deployment in the path, and stands in the body as well. */
import assert from "node:assert/strict";
import { AzureOpenAI, toFile } from "openai";
import type { Script } from "../peer.ts";
import { rest } from "./clients.ts";
import { COMPLETION, embeddings, RESPONSE, TEXT_CHUNKS } from "./openai_replies.ts";
import { bodyOf, byPath, dataFrame, json, startStage, stream } from "./providers.ts";
import { type Destination, jsonOf, linesOf, sameBothWays } from "./same_both_ways.ts";

const VERSION = "api-version=2025-04-01-preview";
const DEPLOYMENT = "/openai/deployments/model-a";
const MESSAGES = [{ role: "user" as const, content: "Hello" }];
const AT_ROOT = { basePath: "", settings: "default_backend: primary\n" };

function passed<T>(provider: Script, call: (to: Destination) => Promise<T>) {
  return sameBothWays(provider, call, AT_ROOT);
}

function azureAt(url: string, deployment?: string): AzureOpenAI {
  const apiVersion = VERSION.replace("api-version=", "");
  const options = { endpoint: url, apiKey: "caller-key", apiVersion, maxRetries: 0 };
  return new AzureOpenAI(deployment === undefined ? options : { ...options, deployment });
}

Deno.test("azure chat.completions.create() asks the backend's deployment", async () => {
  const provider = byPath({ [`${DEPLOYMENT}/chat/completions`]: json(COMPLETION) });
  const run = await passed(provider, ({ url, model }) => {
    return azureAt(url).chat.completions.create({ model, messages: MESSAGES });
  });
  assert.deepEqual(run.result, COMPLETION);
  assert.deepEqual(linesOf(run), [`POST ${DEPLOYMENT}/chat/completions?${VERSION}`]);
  assert.equal(run.requests[0]?.headers["api-key"], "caller-key");
});

Deno.test("azure chat.completions.create() streams the backend's chunks", async () => {
  const frames = [...TEXT_CHUNKS.map(dataFrame), "data: [DONE]\n\n"];
  const run = await passed(stream(frames), async ({ url, model }) => {
    const call = { model, messages: MESSAGES, stream: true } as const;
    return await rest(await azureAt(url).chat.completions.create(call));
  });
  assert.deepEqual(run.result, TEXT_CHUNKS);
  assert.deepEqual(linesOf(run), [`POST ${DEPLOYMENT}/chat/completions?${VERSION}`]);
});

Deno.test("azure chat.completions.create() goes by the deployment it was given, whatever model is named", async () => {
  await using stage = await startStage(json(COMPLETION), AT_ROOT);
  const client = azureAt(stage.proxy.url, "assistant");
  await client.chat.completions.create({ model: "<ignored>", messages: MESSAGES });
  const [request] = stage.primary.requests;
  assert.equal(request?.target, `${DEPLOYMENT}/chat/completions?${VERSION}`);
  assert.deepEqual(bodyOf(request), { model: "model-a", messages: MESSAGES });
});

Deno.test("azure embeddings.create() asks the backend's deployment", async () => {
  const provider = byPath({ [`${DEPLOYMENT}/embeddings`]: json(embeddings("float")) });
  const run = await passed(provider, async ({ url, model }) => {
    const call = { model, input: "Hello", encoding_format: "float" } as const;
    return (await azureAt(url).embeddings.create(call)).data[0]?.embedding;
  });
  assert.deepEqual(run.result, [0.25, -1, 3.5]);
  assert.deepEqual(linesOf(run), [`POST ${DEPLOYMENT}/embeddings?${VERSION}`]);
});

Deno.test("azure audio.transcriptions.create() has the deployment in its path, and in its form", async () => {
  const provider = byPath({ [`${DEPLOYMENT}/audio/transcriptions`]: json({ text: "Hello" }) });
  const run = await passed(provider, async ({ url, model }) => {
    const file = await toFile(new Uint8Array([0, 255, 13, 10]), "a.wav", { type: "audio/wav" });
    return (await azureAt(url).audio.transcriptions.create({ model, file })).text;
  });
  assert.equal(run.result, "Hello");
  assert.deepEqual(linesOf(run), [`POST ${DEPLOYMENT}/audio/transcriptions?${VERSION}`]);
});

Deno.test("azure responses.create() names its model in the body alone", async () => {
  const run = await passed(
    byPath({ "/openai/responses": json(RESPONSE) }),
    async ({ url, model }) => {
      return (await azureAt(url).responses.create({ model, input: "Hello" })).output_text;
    },
  );
  assert.equal(run.result, "Hello there.");
  assert.deepEqual(linesOf(run), [`POST /openai/responses?${VERSION}`]);
  assert.deepEqual(jsonOf(run), { model: "model-a", input: "Hello" });
});

Deno.test("azure files.list() goes to the default backend", async () => {
  const page = { object: "list", data: [], has_more: false };
  const run = await passed(byPath({ "/openai/files": json(page) }), ({ url }) => {
    return rest(azureAt(url).files.list());
  });
  assert.deepEqual(run.result, []);
  assert.deepEqual(linesOf(run), [`GET /openai/files?${VERSION}`]);
});
