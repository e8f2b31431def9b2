/** What the official OpenAI SDK raises: a provider's error as it came, or ours in the same terms. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import { CLOSED_PORT, reply, type Script } from "../peer.ts";
import { startProxy } from "../proxy.ts";
import { openaiAt } from "./clients.ts";
import { COMPLETION, RATE_LIMITED } from "./openai_replies.ts";
import { always, byPath, headersOf, inTurn, json, startStage, twoRoutes } from "./providers.ts";

const GREETING = { model: "assistant", messages: [{ role: "user" as const, content: "Hello" }] };

Deno.test("openai BadRequestError for an unknown alias names the nearest and the code", async () => {
  await using stage = await startStage(json(COMPLETION));
  const error = await errorOf(openaiAt(stage.proxy.url), { ...GREETING, model: "asistant" });
  assert.ok(error instanceof OpenAI.BadRequestError);
  assert.equal(error.code, "unknown_model");
  assert.equal(error.type, "invalid_request_error");
  assert.match(error.message, /^400 Unknown model "asistant"\. Nearest aliases: "assistant"\.$/);
  assert.equal(stage.primary.connections, 0);
});

Deno.test("openai RateLimitError is the backend's, body and retry-after, when all say 429", async () => {
  const body = JSON.stringify(RATE_LIMITED);
  const limited = always(reply(429, body, { "retry-after": "7", "x-request-id": "req_1" }));
  await using stage = await startStage(limited, { secondary: limited });
  const error = await errorOf(openaiAt(stage.proxy.url));
  assert.ok(error instanceof OpenAI.RateLimitError);
  assert.deepEqual(error.error, RATE_LIMITED.error);
  assert.equal(error.code, "rate_limit_exceeded");
  assert.equal(error.headers.get("retry-after"), "7");
  assert.equal(error.requestID, "req_1");
  assert.equal(stage.secondary.requests.length, 1);
});

Deno.test("openai AuthenticationError is the first backend's, and asks no other", async () => {
  const cause = { message: "Incorrect API key provided.", code: "invalid_api_key", type: "auth" };
  const refusal = always(reply(401, JSON.stringify({ error: cause })));
  await using stage = await startStage(refusal, { secondary: json(COMPLETION) });
  const error = await errorOf(openaiAt(stage.proxy.url));
  assert.ok(error instanceof OpenAI.AuthenticationError);
  assert.deepEqual(error.error, cause);
  assert.equal(stage.secondary.connections, 0);
});

Deno.test("openai InternalServerError is the backend's when all say 500", async () => {
  const cause = { message: "The server had an error.", type: "server_error" };
  const broken = always(reply(500, JSON.stringify({ error: cause })));
  await using stage = await startStage(broken, { secondary: broken });
  const error = await errorOf(openaiAt(stage.proxy.url));
  assert.ok(error instanceof OpenAI.InternalServerError);
  assert.equal(error.status, 500);
  assert.deepEqual(error.error, cause);
});

for (
  const [status, kind] of [
    [400, OpenAI.BadRequestError],
    [404, OpenAI.NotFoundError],
    [413, OpenAI.APIError],
    [422, OpenAI.UnprocessableEntityError],
  ] as const
) {
  Deno.test(`openai ${kind.name} is the first backend's for its ${status}`, async () => {
    const cause = { message: "Context length exceeded.", code: "context_length_exceeded" };
    const refusal = always(reply(status, JSON.stringify({ error: cause })));
    await using stage = await startStage(refusal, { secondary: json(COMPLETION) });
    const error = await errorOf(openaiAt(stage.proxy.url));
    assert.ok(error instanceof kind);
    assert.equal(error.status, status);
    assert.deepEqual(error.error, cause);
    assert.equal(stage.secondary.connections, 0);
  });
}

Deno.test("openai APIError 413 is ours for a body over limits.max_body_mb", async () => {
  const settings = "limits: { max_body_mb: 0.5 }";
  await using stage = await startStage(json(COMPLETION), { settings });
  const content = "x".repeat(600_000);
  const call = { model: "assistant", messages: [{ role: "user" as const, content }] };
  const error = await errorOf(openaiAt(stage.proxy.url), call);
  assert.equal(error.status, 413);
  assert.equal(error.code, "body_too_large");
  assert.match(error.message, /larger than 0\.5 MB, the proxy's limits\.max_body_mb/);
});

Deno.test("openai NotFoundError for a model that is no alias says where the list is", async () => {
  await using stage = await startStage(byPath({}));
  const retrieve = openaiAt(stage.proxy.url).models.retrieve("gpt-9");
  const error = await raised(retrieve);
  assert.ok(error instanceof OpenAI.NotFoundError);
  assert.equal(error.code, "model_not_found");
  assert.match(error.message, /There is no model "gpt-9" here; \/v1\/models lists/);
});

Deno.test("openai InternalServerError 502 is ours when nothing listens, and names each attempt", async () => {
  const port = CLOSED_PORT;
  const nowhere = `http://127.0.0.1:${port}`;
  await using proxy = await startProxy(twoRoutes(nowhere, nowhere));
  const error = await errorOf(openaiAt(proxy.url));
  assert.ok(error instanceof OpenAI.InternalServerError);
  assert.equal(error.status, 502);
  assert.equal(error.code, "all_backends_failed");
  assert.match(
    error.message,
    /primary \(model-a\): cannot connect .*secondary \(model-b\): cannot/,
  );
});

Deno.test("openai retries of its own wait for the backend's retry-after", async () => {
  const arrivals: number[] = [];
  const clocked = (script: Script): Script => (exchange) => {
    arrivals.push(performance.now());
    return script(exchange);
  };
  const limited = always(reply(429, JSON.stringify(RATE_LIMITED), { "retry-after": "1" }));
  await using stage = await startStage(clocked(inTurn(limited, json(COMPLETION))), {
    secondary: limited,
  });
  const client = openaiAt(stage.proxy.url, { maxRetries: undefined });
  assert.deepEqual(await client.chat.completions.create(GREETING), COMPLETION);
  const [first = 0, second = 0] = arrivals;
  assert.ok(second - first >= 990, `retried after ${second - first} ms`);
  const retry = headersOf(stage.primary.requests[1]!);
  assert.equal(retry["x-stainless-retry-count"], "1");
});

Deno.test("openai retries of its own wait for our Retry-After when no route may be tried", async () => {
  const limited = always(reply(429, JSON.stringify(RATE_LIMITED), { "retry-after": "1" }));
  await using stage = await startStage(inTurn(limited, json(COMPLETION)), {
    secondary: limited,
    settings: "fallback: { when_all_cooling: reject }",
  });
  await errorOf(openaiAt(stage.proxy.url));
  const answers: (string | number | null)[][] = [];
  const observed: typeof fetch = async (...request) => {
    const response = await fetch(...request);
    answers.push([response.status, response.headers.get("retry-after")]);
    stage.proxy.pass(1);
    return response;
  };
  const client = openaiAt(stage.proxy.url, { maxRetries: undefined, fetch: observed });
  assert.deepEqual(await client.chat.completions.create(GREETING), COMPLETION);
  assert.deepEqual(answers, [[503, "1"], [200, null]]);
});

type Params = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;

function errorOf(client: OpenAI, params: Params = GREETING): Promise<ApiError> {
  return raised(client.chat.completions.create(params));
}

type ApiError = InstanceType<typeof OpenAI.APIError>;

async function raised(call: PromiseLike<unknown>): Promise<ApiError> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof OpenAI.APIError, String(error));
    return error;
  }
  assert.fail("The call has raised no error.");
}
