/** The `ai` package's Google provider: embeddings, whose model stands in the path and in the body. */
import assert from "node:assert/strict";
import { embed, embedMany } from "ai";
import { googleProviderAt } from "./ai_providers.ts";
import { byPath, json } from "./providers.ts";
import { linesOf, sameBothWays } from "./same_both_ways.ts";

const AT_ROOT = { basePath: "" };
const MODEL = "/v1beta/models/model-a";

Deno.test("ai embed() with google gives the backend's vector", async () => {
  const provider = byPath({ [`${MODEL}:embedContent`]: json({ embedding: { values: [0.25] } }) });
  const run = await sameBothWays(provider, async ({ url, model }) => {
    const call = { model: googleProviderAt(url).embedding(model), value: "Hello", maxRetries: 0 };
    return (await embed(call)).embedding;
  }, AT_ROOT);
  assert.deepEqual(run.result, [0.25]);
  assert.deepEqual(linesOf(run), [`POST ${MODEL}:embedContent`]);
});

Deno.test("ai embedMany() with google gives the backend's vectors in order", async () => {
  const vectors = { embeddings: [{ values: [0.25] }, { values: [-1] }] };
  const provider = byPath({ [`${MODEL}:batchEmbedContents`]: json(vectors) });
  const run = await sameBothWays(provider, async ({ url, model }) => {
    const values = ["Hello", "Bye"];
    const call = { model: googleProviderAt(url).embedding(model), values, maxRetries: 0 };
    return (await embedMany(call)).embeddings;
  }, AT_ROOT);
  assert.deepEqual(run.result, [[0.25], [-1]]);
  assert.deepEqual(linesOf(run), [`POST ${MODEL}:batchEmbedContents`]);
});
