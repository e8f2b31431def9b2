import assert from "node:assert/strict";
import { MODELS, snapshotOf } from "./parse.ts";

async function warningsOf(url: string): Promise<readonly string[]> {
  const { warnings } = await snapshotOf(`backends:\n  - {name: a, url: "${url}"}\n${MODELS}`);
  return warnings;
}

for (
  const endpoint of [
    "/chat/completions",
    "/messages",
    "/responses",
    "/v1/embeddings/",
    "/models/gemini:generateContent",
  ]
) {
  Deno.test(`cases 12: a base URL that ends with ${endpoint} is a mistake that is named`, async () => {
    const [warning = "", ...more] = await warningsOf(`https://a.example/v1${endpoint}`);
    assert.match(warning, /backends\[0\]\.url: ends with the endpoint \/.*path is added to it/);
    assert.deepEqual(more, []);
  });
}

Deno.test("a base URL with another last segment is none", async () => {
  for (const path of ["", "/v1", "/anthropic", "/api/messages-gateway", "/openai/deployments"]) {
    assert.deepEqual(await warningsOf(`https://a.example${path}`), [], path);
  }
});
