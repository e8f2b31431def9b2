/** Plain HTTP against every inference path, with `/v1` and, as the seed's curl has it, without. */
import assert from "node:assert/strict";
import { reply } from "../peer.ts";
import { always, bodyOf, json, startStage } from "./providers.ts";

/** Calls on which a model works for the caller, and nothing is left behind. */
const HARMLESS = [
  "/chat/completions",
  "/completions",
  "/responses",
  "/responses/compact",
  "/embeddings",
  "/moderations",
  "/messages",
  "/messages?beta=true",
  "/messages/count_tokens",
];

/** Everything else may create something. */
const CREATING = ["/rerank", "/images/generations", "/audio/speech", "/files", "/batches"];

for (const path of [...HARMLESS, ...CREATING]) {
  for (const prefix of ["", "/v1"]) {
    Deno.test(`POST ${prefix}${path} reaches the backend as /v1${path}`, async () => {
      await using stage = await startStage(json({ answered: true }));
      const response = await post(`${stage.proxy.url}${prefix}${path}`);
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), { answered: true });
      assert.equal(stage.primary.requests[0]?.target, `/v1${path}`);
      assert.equal(bodyOf(stage.primary.requests[0]).model, "model-a");
    });
  }
}

for (const path of HARMLESS) {
  for (const prefix of ["", "/v1"]) {
    Deno.test(`POST ${prefix}${path} falls back`, async () => {
      const limited = always(reply(503, "{}"));
      await using stage = await startStage(limited, { secondary: json({ answered: true }) });
      const response = await post(`${stage.proxy.url}${prefix}${path}`);
      assert.deepEqual(await response.json(), { answered: true });
      assert.equal(stage.secondary.requests[0]?.target, `/v1${path}`);
      assert.equal(bodyOf(stage.secondary.requests[0]).model, "model-b");
    });
  }
}

for (const path of CREATING) {
  Deno.test(`POST /v1${path} is not sent twice: a 503 is the answer, and cools`, async () => {
    const limited = always(reply(503, `{"error":{"message":"busy"}}`));
    await using stage = await startStage(limited, { secondary: json({ answered: true }) });
    const response = await post(`${stage.proxy.url}/v1${path}`);
    assert.equal(response.status, 503);
    assert.deepEqual(await response.json(), { error: { message: "busy" } });
    assert.equal(stage.secondary.requests.length, 0);
    const next = await post(`${stage.proxy.url}/v1${path}`);
    assert.deepEqual(await next.json(), { answered: true });
  });
}

for (const path of ["/models", "/v1/models"]) {
  Deno.test(`GET ${path} lists the aliases`, async () => {
    await using stage = await startStage(json({}));
    const { object, data } = await (await fetch(`${stage.proxy.url}${path}`)).json();
    assert.equal(object, "list");
    assert.deepEqual(data.map(({ id }: { id: unknown }) => id), ["assistant"]);
  });

  Deno.test(`GET ${path}/{alias} describes one`, async () => {
    await using stage = await startStage(json({}));
    const model = await (await fetch(`${stage.proxy.url}${path}/assistant`)).json();
    assert.equal(model.id, "assistant");
  });
}

function post(url: string): Promise<Response> {
  return fetch(url, { method: "POST", body: `{"model":"assistant","input":"Hello"}` });
}
