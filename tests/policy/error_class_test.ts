/** What errors are about, in their vendors' words. */
import assert from "node:assert/strict";
import { errorClassOf, isNameOf } from "../../lib/policy/error_class.ts";
import { errorJson } from "./replies.ts";

/** The class, with the name of a model where it gives one. */
function classOf(status: number, body: unknown): string {
  const errorText = typeof body === "string" ? body : JSON.stringify(body);
  const found = errorClassOf({ status, errorText });
  return found.kind === "model_unknown" ? `model_unknown ${found.name ?? "-"}` : found.kind;
}

function said(status: number, message: string): string {
  return classOf(status, { error: { message, type: "invalid_request_error" } });
}

const BALANCE =
  "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to " +
  "upgrade or purchase credits.";

Deno.test("errorClassOf() cases 6: an account without money, by its vendor's words", () => {
  for (
    const message of [
      BALANCE,
      "Insufficient Balance",
      "Insufficient credits. Add more using https://openrouter.ai/settings/credits",
      "This request requires more credits, or fewer max_tokens. You requested up to 64000 tokens",
      "Sorry, your account balance is insufficient",
      "You have run out of credits",
      "Billing hard limit has been reached",
      "Your account is not active, please check your billing details on our website.",
      "Access denied, please make sure your account is in good standing.",
      "Payment Required",
      "用户额度不足, 剩余额度: ＄0.000000 (request id: 1)",
      "余额不足或无可用资源包,请充值。",
      "您的账户已欠费",
      "该令牌额度已用尽",
      "[sk-abc***xyz] 该令牌额度已用尽 !token.UnlimitedQuota",
    ]
  ) {
    for (const status of [400, 401, 402, 403, 429]) assert.equal(said(status, message), "no_money");
  }
});

Deno.test("errorClassOf() cases 6: an account without money, by its vendor's code", () => {
  const errors = [
    { type: "insufficient_quota", code: "insufficient_quota", message: "You exceeded …" },
    { code: "credit_balance_exhausted" },
    { type: "new_api_error", code: "insufficient_user_quota" },
    { status: "insufficient_quota" },
    { type: "organization_spend_limit_exceeded" },
    { code: "Arrearage", message: "m" },
    { details: [{ reason: "BILLING_DISABLED" }] },
  ];
  for (const error of errors) assert.equal(classOf(403, { error }), "no_money");
  assert.equal(classOf(400, '{"code":"insufficient_quota"}'), "no_money");
  assert.equal(classOf(402, ""), "other");
});

Deno.test("errorClassOf() cases 6: knows the prefixes of resellers", () => {
  const inner = JSON.stringify({ type: "error", error: { type: "x", message: BALANCE } });
  for (
    const message of [
      `litellm.BadRequestError: AnthropicException - ${BALANCE}`,
      `litellm.BadRequestError: AnthropicException - ${inner}. Received Model Group=chat`,
      `litellm.BadRequestError: AnthropicException - b'${inner}'`,
      `litellm.exceptions.RateLimitError: OpenAIException - Insufficient Balance`,
      `OpenAIException - ${BALANCE}`,
      `upstream error: ${BALANCE}`,
      `Error code: 400 - {'type': 'error', 'error': {'message': '${BALANCE}'}}`,
      `Provider returned error: ${BALANCE}`,
    ]
  ) assert.equal(said(400, message), "no_money", message);
  const raw = {
    error: { message: "Provider returned error", code: 400, metadata: { raw: inner } },
  };
  assert.equal(classOf(400, raw), "no_money");
});

/** Every text that says something of an account, a model or a length. */
const TELLING = [
  BALANCE,
  "insufficient_quota",
  "余额不足",
  "API key not valid. Please pass a valid API key.",
  "Invalid API key",
  "无效的令牌",
  "The model m-b does not exist",
  "model: m-b",
  "prompt is too long: 210302 tokens > 200000 maximum",
  `litellm.BadRequestError: AnthropicException - ${BALANCE}`,
];

Deno.test("errorClassOf() cases 6: words that a message quotes further in are the caller's", () => {
  for (const text of TELLING) {
    for (
      const message of [
        `messages.0.content: ${text}`,
        `Invalid value: '${text}'`,
        `Invalid 'input': ${text}`,
        `Validation error: ${text}`,
        `Could not parse "${text}"`,
        `Tool '${text}' is bad`,
        `1 validation error for Request: ${text}`,
        `"${text}"`,
      ]
    ) assert.equal(said(400, message), "other", message);
    for (const place of ["param", "input", "details", "value", "user_id"]) {
      const error = { message: "Bad request", type: "invalid_request_error", [place]: text };
      assert.equal(classOf(400, { error }), "other", place);
    }
    assert.equal(classOf(400, { error: { message: "Bad request" }, request: text }), "other");
  }
});

Deno.test("errorClassOf() takes a quota that a message only mentions for a rate limit", () => {
  // Google says so of limits by the minute, too.
  const message = "You exceeded your current quota, please check your plan and billing details.";
  assert.equal(
    classOf(429, { error: { code: 429, message, status: "RESOURCE_EXHAUSTED" } }),
    "other",
  );
});

Deno.test("errorClassOf() cases 6: a key that is refused with a 400", () => {
  const google = {
    error: {
      code: 400,
      message: "API key not valid. Please pass a valid API key.",
      status: "INVALID_ARGUMENT",
      details: [{ reason: "API_KEY_INVALID" }],
    },
  };
  assert.equal(classOf(400, google), "refused_key");
  assert.equal(classOf(400, [google]), "refused_key");
  for (
    const message of [
      "API key not valid. Please pass a valid API key.",
      "API key expired. Please renew the API key.",
      "Incorrect API key provided: sk-***. You can find your API key at …",
      "invalid api key",
      "Invalid x-api-key",
      "Authentication Fails (governor)",
      "无效的令牌",
      "该令牌已过期",
      "litellm.AuthenticationError: AuthenticationError: OpenAIException - Incorrect API key provided: x",
    ]
  ) assert.equal(said(400, message), "refused_key", message);
  assert.equal(classOf(400, errorJson({ code: "invalid_api_key", message: "m" })), "refused_key");
  assert.equal(classOf(200, { code: 401, msg: "无效的令牌" }), "refused_key");
});

Deno.test("errorClassOf() cases 6: 401 and 403 are of the key, but not an HTML page with a 403", () => {
  for (const status of [401, 403]) assert.equal(classOf(status, ""), "refused_key");
  const page = "<!DOCTYPE html><html><title>Just a moment...</title></html>";
  assert.equal(classOf(403, page), "page");
  assert.equal(classOf(401, page), "refused_key");
});

Deno.test("errorClassOf() tells a flagged prompt from a refused key", () => {
  const error = {
    code: 403,
    message: 'openai/gpt requires moderation on OpenAI. Your input was flagged for "violence".',
    metadata: { reasons: ["violence"], flagged_input: "…" },
  };
  assert.equal(classOf(403, { error }), "flagged");
  assert.equal(classOf(400, errorJson({ code: "content_filter" })), "flagged");
});

Deno.test("errorClassOf() tells what is too long, whatever the status", () => {
  for (
    const message of [
      "prompt is too long: 210302 tokens > 200000 maximum",
      "This model's maximum context length is 128000 tokens. However, …",
      "Input is too long for requested model.",
      "The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).",
      "Your input exceeds the context window of this model.",
      "input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000",
      "the request exceeds the available context size",
    ]
  ) {
    for (const status of [200, 400, 413, 500]) assert.equal(said(status, message), "too_long");
  }
  assert.equal(classOf(413, ""), "too_long");
  assert.equal(classOf(413, "<html>413</html>"), "page");
  assert.equal(classOf(400, errorJson({ code: "context_length_exceeded" })), "too_long");
  assert.equal(said(429, "Request too large for gpt: Limit 30000, Requested 40000."), "other");
});

Deno.test("errorClassOf() cases 3: a model that is not known, and how the error names it", () => {
  const told: readonly (readonly [string, string])[] = [
    ["The model m-b does not exist", "m-b"],
    ["The model `m-b` does not exist or you do not have access to it.", "m-b"],
    ["The model 'org/m-b:free' does not exist", "org/m-b:free"],
    ["The requested model 'm-b' is not supported.", "m-b"],
    ["The requested model is not supported.", "-"],
    ["model: m-b", "m-b"],
    ['model "m-b" not found, try pulling it first', "m-b"],
    [
      "models/m-b is not found for API version v1beta, or is not supported for generateContent.",
      "models/m-b",
    ],
    [
      "Publisher Model `projects/p/locations/l/publishers/google/models/m-b` was not found",
      "projects/p/locations/l/publishers/google/models/m-b",
    ],
    ["m-b is not a valid model ID", "m-b"],
    ["No endpoints found for m-b.", "m-b"],
    ["Invalid model name passed in model=m-b. Call `/v1/models` to view available models", "m-b"],
    ["Unknown model: m-b", "m-b"],
    ["Invalid model 'm-b'. Permitted models can be found …", "m-b"],
    ["Not found the model m-b or Permission denied", "m-b"],
    ["The model `m-b` has been decommissioned and is no longer supported.", "m-b"],
    ["Model Not Exist", "-"],
    ["Model does not exist. Please check it carefully.", "-"],
    ["The provided model identifier is invalid.", "-"],
    ["当前分组 default 下对于模型 m-b 无可用渠道", "m-b"],
    ["模型不存在，请检查模型代码。", "-"],
    ["litellm.NotFoundError: OpenAIException - The model `m-b` does not exist", "m-b"],
  ];
  for (const [message, name] of told) {
    assert.equal(said(404, message), `model_unknown ${name}`, message);
    assert.equal(said(400, message), `model_unknown ${name}`, message);
    assert.equal(said(503, message), "other");
  }
  assert.equal(classOf(404, errorJson({ code: "DeploymentNotFound" })), "model_unknown -");
  assert.equal(classOf(403, errorJson({ code: "model_not_found" })), "model_unknown -");
});

Deno.test("errorClassOf() takes other mistakes for what they are", () => {
  for (
    const message of [
      "Invalid JSON.",
      "Invalid request.",
      "Unsupported parameter: 'max_tokens' is not supported with this model.",
      "messages.1.content.0: Invalid `signature` in `thinking` block",
      "No endpoints found that support tool use.",
      "Not Found",
    ]
  ) assert.equal(said(400, message), "other", message);
});

Deno.test("isNameOf() knows a model by its name alone", () => {
  for (const named of ["m-b", "M-B", "models/m-b", "projects/p/models/m-b", "m-b."]) {
    assert.ok(isNameOf(named, "m-b"), named);
  }
  for (const named of ["m-bb", "m", "b", "x/m-b"]) assert.ok(!isNameOf(named, "m-b"), named);
});
