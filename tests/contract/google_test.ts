/** What the official Google SDK gets through the proxy: the model in the path, everything else as it was. */
import assert from "node:assert/strict";
import { ApiError, type GenerateContentResponse } from "@google/genai";
import { chunk, reply } from "../peer.ts";
import { googleAt, rest } from "./clients.ts";
import {
  CONTENT,
  CONTENT_PIECES,
  FUNCTION_CALL,
  FUNCTION_CONTENT,
  googleError,
} from "./google_replies.ts";
import { always, byPath, dataFrame, json, openStream, startStage, stream } from "./providers.ts";
import { type Destination, jsonOf, linesOf, sameBothWays } from "./same_both_ways.ts";
import type { Script } from "../peer.ts";

const MODEL = "/v1beta/models/model-a";
const HELLO = [{ role: "user", parts: [{ text: "Hello" }] }];
const TOOLS = [{
  functionDeclarations: [{
    name: "weather",
    parametersJsonSchema: { type: "object", properties: { city: { type: "string" } } },
  }],
}];
/** Its paths bring their own version. */
const AT_ROOT = { basePath: "", settings: "default_backend: primary\n" };

function passed<T>(provider: Script, call: (to: Destination) => Promise<T>) {
  return sameBothWays(provider, call, AT_ROOT);
}

function told({ text, usageMetadata }: GenerateContentResponse) {
  return { text, total: usageMetadata?.totalTokenCount };
}

Deno.test("google models.generateContent() gives the backend's content", async () => {
  const provider = byPath({ [`${MODEL}:generateContent`]: json(CONTENT) });
  const run = await passed(provider, async ({ url, model }) => {
    const config = { systemInstruction: "Be brief.", temperature: 0.5 };
    return told(await googleAt(url).models.generateContent({ model, contents: "Hello", config }));
  });
  assert.deepEqual(run.result, { text: "Hello there.", total: 7 });
  assert.deepEqual(linesOf(run), [`POST ${MODEL}:generateContent`]);
  assert.deepEqual(jsonOf(run), {
    contents: HELLO,
    systemInstruction: { parts: [{ text: "Be brief." }], role: "user" },
    generationConfig: { temperature: 0.5 },
  });
  assert.equal(run.requests[0]?.headers["x-goog-api-key"], "caller-key");
});

Deno.test("google models.generateContentStream() gives each piece", async () => {
  const provider = byPath({
    [`${MODEL}:streamGenerateContent`]: stream(CONTENT_PIECES.map(dataFrame)),
  });
  const run = await passed(provider, async ({ url, model }) => {
    const { models } = googleAt(url);
    const pieces = await rest(await models.generateContentStream({ model, contents: "Hello" }));
    return pieces.map(({ text }) => text);
  });
  assert.deepEqual(run.result, ["Hello", " there.", undefined]);
  assert.deepEqual(linesOf(run), [`POST ${MODEL}:streamGenerateContent?alt=sse`]);
  assert.deepEqual(jsonOf(run), { contents: HELLO });
});

Deno.test("google models.generateContentStream() gives a piece before the next is sent", async () => {
  const [first = "", ...others] = CONTENT_PIECES.map(dataFrame);
  const backend = openStream(first);
  await using stage = await startStage(backend.script, AT_ROOT);
  const { models } = googleAt(stage.proxy.url);
  const call = { model: "assistant", contents: "Hello" };
  const pieces = (await models.generateContentStream(call))[Symbol.asyncIterator]();
  assert.equal((await pieces.next()).value?.text, "Hello");
  await (await backend.exchange).write(others.map(chunk).join("") + chunk(""));
  assert.deepEqual((await rest({ [Symbol.asyncIterator]: () => pieces })).map(({ text }) => text), [
    " there.",
    undefined,
  ]);
});

Deno.test("google models.generateContent() gives the backend's function call", async () => {
  const run = await passed(json(FUNCTION_CONTENT), async ({ url, model }) => {
    const call = { model, contents: "Rome?", config: { tools: TOOLS } };
    return (await googleAt(url).models.generateContent(call)).functionCalls;
  });
  assert.deepEqual(run.result, [FUNCTION_CALL]);
  const contents = [{ role: "user", parts: [{ text: "Rome?" }] }];
  assert.deepEqual(jsonOf(run), { contents, tools: TOOLS, generationConfig: {} });
});

Deno.test("google models.generateContentStream() gives a streamed function call", async () => {
  const run = await passed(stream([dataFrame(FUNCTION_CONTENT)]), async ({ url, model }) => {
    const call = { model, contents: "Rome?", config: { tools: TOOLS } };
    const pieces = await rest(await googleAt(url).models.generateContentStream(call));
    return pieces.flatMap(({ functionCalls }) => functionCalls ?? []);
  });
  assert.deepEqual(run.result, [FUNCTION_CALL]);
});

Deno.test("google models.generateContent() takes a function's response back, its signature kept", async () => {
  const contents = [
    ...HELLO,
    FUNCTION_CONTENT.candidates[0]!.content as { role: string; parts: [] },
    {
      role: "user",
      parts: [{ functionResponse: { name: "weather", response: { sky: "clear" } } }],
    },
  ];
  const run = await passed(json(CONTENT), async ({ url, model }) => {
    return told(await googleAt(url).models.generateContent({ model, contents })).text;
  });
  assert.equal(run.result, "Hello there.");
  assert.deepEqual(jsonOf(run), { contents });
});

Deno.test("google models.countTokens() gives the backend's count", async () => {
  const provider = byPath({ [`${MODEL}:countTokens`]: json({ totalTokens: 31 }) });
  const run = await passed(provider, async ({ url, model }) => {
    return (await googleAt(url).models.countTokens({ model, contents: "Hello" })).totalTokens;
  });
  assert.equal(run.result, 31);
  assert.deepEqual(linesOf(run), [`POST ${MODEL}:countTokens`]);
  assert.deepEqual(jsonOf(run), { contents: HELLO });
});

Deno.test("google models.list() lists the aliases, and asks no backend", async () => {
  await using stage = await startStage(byPath({}), AT_ROOT);
  const models = await rest(await googleAt(stage.proxy.url).models.list());
  assert.deepEqual(models.map(({ name }) => name), ["models/assistant"]);
  assert.equal(stage.primary.connections, 0);
});

Deno.test("google models.get() finds an alias", async () => {
  await using stage = await startStage(byPath({}), AT_ROOT);
  const model = await googleAt(stage.proxy.url).models.get({ model: "assistant" });
  assert.equal(model.name, "models/assistant");
});

Deno.test("google ApiError is the backend's, body and status, when all say 429", async () => {
  const body = googleError(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.");
  const limited = always(reply(429, JSON.stringify(body)));
  await using stage = await startStage(limited, { ...AT_ROOT, secondary: limited });
  const { models } = googleAt(stage.proxy.url);
  const call = models.generateContent({ model: "assistant", contents: "Hello" });
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof ApiError);
    assert.deepEqual([error.status, JSON.parse(error.message)], [429, body]);
    return true;
  });
  assert.equal(stage.secondary.requests[0]?.target, "/v1beta/models/model-b:generateContent");
});

Deno.test("google ApiError for an unknown alias is ours, in Google's terms", async () => {
  await using stage = await startStage(json(CONTENT), { basePath: "" });
  const call = googleAt(stage.proxy.url).models.generateContent({
    model: "asistant",
    contents: "",
  });
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof ApiError);
    assert.match(error.message, /"status":"INVALID_ARGUMENT"/);
    assert.match(error.message, /Nearest aliases: \\"assistant\\"/);
    return error.status === 400;
  });
  assert.equal(stage.primary.connections, 0);
});
