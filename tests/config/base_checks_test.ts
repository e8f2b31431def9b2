import assert from "node:assert/strict";
import { MODELS, snapshotOf } from "./parse.ts";

/** The warnings about a backend at this URL. */
async function warningsAt(url: string): Promise<readonly string[]> {
  const text = `backends:\n  - {name: a, url: "${url}"}\n${MODELS}`;
  return (await snapshotOf(text)).warnings;
}

Deno.test("parseConfig() cases 12: warns of a base that ends with an endpoint", async () => {
  for (
    const ending of ["/chat/completions", "/messages", "/responses/", "/m:generateContent"]
  ) {
    const [only, ...others] = await warningsAt(`https://a.example/v1${ending}`);
    assert.match(only ?? "", /backends\[0\]\.url: ends with the endpoint \//, ending);
    assert.deepEqual(others, []);
  }
});

Deno.test("parseConfig() takes other bases without a warning", async () => {
  for (const base of ["", "/v1", "/api/paas/v4", "/v1beta/openai", "/completions-proxy/v1"]) {
    assert.deepEqual(await warningsAt(`https://a.example${base}`), []);
  }
});
