/** What the official Anthropic SDK raises: a provider's error as it came, or ours in its terms. */
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import { CLOSED_PORT, reply } from "../peer.ts";
import { startProxy } from "../proxy.ts";
import { errorBody, MESSAGE } from "./anthropic_replies.ts";
import { anthropicAt } from "./clients.ts";
import { always, byPath, headersOf, inTurn, json, startStage, twoRoutes } from "./providers.ts";

const GREETING = {
  model: "assistant",
  max_tokens: 64,
  messages: [{ role: "user" as const, content: "Hello" }],
};

Deno.test("anthropic BadRequestError for an unknown alias names the nearest", async () => {
  await using stage = await startStage(json(MESSAGE));
  const error = await errorOf(anthropicAt(stage.proxy.url), { ...GREETING, model: "asistant" });
  assert.ok(error instanceof Anthropic.BadRequestError);
  assert.equal(error.type, "invalid_request_error");
  assert.equal(error.apiMessage, `Unknown model "asistant". Nearest aliases: "assistant".`);
  assert.equal(stage.primary.connections, 0);
});

Deno.test("anthropic RateLimitError is the backend's, body and retry-after, when all say 429", async () => {
  const body = errorBody("rate_limit_error", "You have used your tokens of this minute.");
  const limited = always(
    reply(429, JSON.stringify(body), { "retry-after": "7", "request-id": "req_1" }),
  );
  await using stage = await startStage(limited, { secondary: limited });
  const error = await errorOf(anthropicAt(stage.proxy.url));
  assert.ok(error instanceof Anthropic.RateLimitError);
  assert.deepEqual(error.error, body);
  assert.equal(error.headers.get("retry-after"), "7");
  assert.equal(error.requestID, "req_1");
  assert.equal(stage.secondary.requests.length, 1);
});

Deno.test("anthropic AuthenticationError is the first backend's, and asks no other", async () => {
  const body = errorBody("authentication_error", "invalid x-api-key");
  const refusal = always(reply(401, JSON.stringify(body)));
  await using stage = await startStage(refusal, { secondary: json(MESSAGE) });
  const error = await errorOf(anthropicAt(stage.proxy.url));
  assert.ok(error instanceof Anthropic.AuthenticationError);
  assert.deepEqual(error.error, body);
  assert.equal(stage.secondary.connections, 0);
});

for (const [status, type] of [[500, "api_error"], [529, "overloaded_error"]] as const) {
  Deno.test(`anthropic ${type} is the backend's when all say ${status}`, async () => {
    const body = errorBody(type, "Try again later.");
    const broken = always(reply(status, JSON.stringify(body)));
    await using stage = await startStage(broken, { secondary: broken });
    const error = await errorOf(anthropicAt(stage.proxy.url));
    assert.deepEqual([error.status, error.type], [status, type]);
    assert.deepEqual(error.error, body);
    assert.equal(stage.secondary.requests.length, 1);
  });
}

for (
  const [status, type] of [
    [400, "invalid_request_error"],
    [404, "not_found_error"],
    [413, "request_too_large"],
  ] as const
) {
  Deno.test(`anthropic ${type} is the first backend's for its ${status}`, async () => {
    const body = errorBody(type, "prompt is too long: 210000 tokens > 200000 maximum");
    const refusal = always(reply(status, JSON.stringify(body)));
    await using stage = await startStage(refusal, { secondary: json(MESSAGE) });
    const error = await errorOf(anthropicAt(stage.proxy.url));
    assert.deepEqual([error.status, error.type], [status, type]);
    assert.deepEqual(error.error, body);
    assert.equal(stage.secondary.connections, 0);
  });
}

Deno.test("anthropic request_too_large is ours for a body over limits.max_body_mb", async () => {
  const settings = "limits: { max_body_mb: 0.5 }";
  await using stage = await startStage(json(MESSAGE), { settings });
  const messages = [{ role: "user" as const, content: "x".repeat(600_000) }];
  const error = await errorOf(anthropicAt(stage.proxy.url), { ...GREETING, messages });
  assert.deepEqual([error.status, error.type], [413, "request_too_large"]);
  assert.match(error.apiMessage ?? "", /larger than 0\.5 MB, the proxy's limits\.max_body_mb/);
});

Deno.test("anthropic NotFoundError for a model that is no alias says where the list is", async () => {
  await using stage = await startStage(byPath({}));
  const error = await raised(anthropicAt(stage.proxy.url).models.retrieve("claude-9"));
  assert.ok(error instanceof Anthropic.NotFoundError);
  assert.equal(error.type, "not_found_error");
  assert.match(error.apiMessage ?? "", /There is no model "claude-9" here; \/v1\/models lists/);
});

Deno.test("anthropic InternalServerError 502 is ours when nothing listens, and names each attempt", async () => {
  const nowhere = `http://127.0.0.1:${CLOSED_PORT}`;
  await using proxy = await startProxy(twoRoutes(nowhere, nowhere));
  const error = await errorOf(anthropicAt(proxy.url));
  assert.ok(error instanceof Anthropic.InternalServerError);
  assert.deepEqual([error.status, error.type], [502, "api_error"]);
  assert.match(
    error.apiMessage ?? "",
    /primary \(model-a\): cannot connect .*secondary \(model-b\): cannot connect /,
  );
});

Deno.test("anthropic countTokens() that no backend knows benches nobody", async () => {
  await using stage = await startStage(byPath({ "/v1/messages": json(MESSAGE) }));
  const client = anthropicAt(stage.proxy.url);
  const { model, messages } = GREETING;
  const error = await raised(client.messages.countTokens({ model, messages }));
  assert.ok(error instanceof Anthropic.NotFoundError);
  assert.equal(stage.secondary.requests.length, 1);
  assert.deepEqual(await client.messages.create(GREETING), MESSAGE);
  assert.equal(stage.secondary.requests.length, 1);
});

Deno.test("anthropic retries of its own wait for the backend's retry-after", async () => {
  const body = JSON.stringify(errorBody("rate_limit_error", "Slow down."));
  const limited = always(reply(429, body, { "retry-after": "1" }));
  const answers = inTurn(limited, json(MESSAGE));
  const arrivals: number[] = [];
  await using stage = await startStage((exchange) => {
    arrivals.push(performance.now());
    return answers(exchange);
  }, { secondary: limited });
  const client = anthropicAt(stage.proxy.url, { maxRetries: undefined });
  assert.deepEqual(await client.messages.create(GREETING), MESSAGE);
  const [first = 0, second = 0] = arrivals;
  assert.ok(second - first >= 990, `retried after ${second - first} ms`);
  assert.equal(headersOf(stage.primary.requests[1]!)["x-stainless-retry-count"], "1");
});

type Params = Anthropic.MessageCreateParamsNonStreaming;
type ApiError = InstanceType<typeof Anthropic.APIError>;

function errorOf(client: Anthropic, params: Params = GREETING): Promise<ApiError> {
  return raised(client.messages.create(params));
}

async function raised(call: PromiseLike<unknown>): Promise<ApiError> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof Anthropic.APIError, String(error));
    return error;
  }
  assert.fail("The call has raised no error.");
}
