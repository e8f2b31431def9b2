/** The official OpenAI SDK: responses that are stored, and found again by their id. */
import assert from "node:assert/strict";
import { openaiAt, rest } from "./clients.ts";
import { RESPONSE, RESPONSE_EVENTS } from "./openai_replies.ts";
import { byPath, json, namedFrame, startStage, stream } from "./providers.ts";
import { linesOf, sameBothWays } from "./same_both_ways.ts";
import { always } from "./providers.ts";
import { reply } from "../peer.ts";

const PATH = "/v1/responses";
const STORED = { [PATH]: json(RESPONSE), [`${PATH}/resp_1`]: json(RESPONSE) };

Deno.test("openai responses.retrieve() finds what was created, with no default backend", async () => {
  const run = await sameBothWays(byPath(STORED), async ({ url, model }) => {
    const { responses } = openaiAt(url);
    const { id } = await responses.create({ model, input: "Hello" });
    return (await responses.retrieve(id)).output_text;
  });
  assert.equal(run.result, "Hello there.");
  assert.deepEqual(linesOf(run), [`POST ${PATH}`, `GET ${PATH}/resp_1`]);
});

Deno.test("openai responses.retrieve() asks the fallback for what the fallback created", async () => {
  const busy = always(reply(503, "{}"));
  await using stage = await startStage(busy, { secondary: byPath(STORED) });
  const { responses } = openaiAt(stage.proxy.url);
  const { id } = await responses.create({ model: "assistant", input: "Hello" });
  assert.equal((await responses.retrieve(id)).output_text, "Hello there.");
  const lines = stage.secondary.requests.map(({ method, target }) => `${method} ${target}`);
  assert.deepEqual(lines, [`POST ${PATH}`, `GET ${PATH}/resp_1`]);
  assert.equal(stage.primary.requests.length, 1);
});

Deno.test("openai responses.retrieve() streams from where it was left", async () => {
  const later = RESPONSE_EVENTS.slice(5).map(namedFrame);
  const provider = byPath({
    [PATH]: stream(RESPONSE_EVENTS.map(namedFrame)),
    [`${PATH}/resp_1`]: stream(later),
  });
  const run = await sameBothWays(provider, async ({ url, model }) => {
    const { responses } = openaiAt(url);
    await rest(await responses.create({ model, input: "Hello", stream: true, background: true }));
    return await rest(await responses.retrieve("resp_1", { stream: true, starting_after: 4 }));
  });
  assert.deepEqual(run.result, RESPONSE_EVENTS.slice(5));
  const [path, query = ""] = linesOf(run)[1]?.split("?") ?? [];
  assert.equal(path, `GET ${PATH}/resp_1`);
  assert.deepEqual(query.split("&").sort(), ["starting_after=4", "stream=true"]);
});

Deno.test("openai responses.cancel() and delete() reach the backend that created it", async () => {
  const cancelled = { ...RESPONSE, status: "cancelled" };
  const provider = byPath({ ...STORED, [`${PATH}/resp_1/cancel`]: json(cancelled) });
  const run = await sameBothWays(provider, async ({ url, model }) => {
    const { responses } = openaiAt(url);
    await responses.create({ model, input: "Hello", background: true });
    const { status } = await responses.cancel("resp_1");
    await responses.delete("resp_1");
    return status;
  });
  assert.equal(run.result, "cancelled");
  assert.deepEqual(linesOf(run).slice(1), [
    `POST ${PATH}/resp_1/cancel`,
    `DELETE ${PATH}/resp_1`,
  ]);
});

Deno.test("openai responses.inputItems.list() asks the backend that created the response", async () => {
  const items = { object: "list", data: [], has_more: false };
  const provider = byPath({ ...STORED, [`${PATH}/resp_1/input_items`]: json(items) });
  const run = await sameBothWays(provider, async ({ url, model }) => {
    const { responses } = openaiAt(url);
    await responses.create({ model, input: "Hello" });
    return await rest(responses.inputItems.list("resp_1", { limit: 5 }));
  });
  assert.deepEqual(run.result, []);
  assert.equal(linesOf(run)[1], `GET ${PATH}/resp_1/input_items?limit=5`);
});
