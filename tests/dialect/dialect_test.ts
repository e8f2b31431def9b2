import assert from "node:assert/strict";
import { dialectOf } from "../../lib/dialect/dialect.ts";
import { operationOf } from "../../lib/dialect/operations.ts";
import { anthropic } from "../../lib/dialect/anthropic.ts";
import { azure } from "../../lib/dialect/azure.ts";
import { gemini } from "../../lib/dialect/gemini.ts";
import { openai } from "../../lib/dialect/openai.ts";

const name = (path: string) => dialectOf(path, []).name;

Deno.test("dialectOf() knows Anthropic's paths, under any prefix", () => {
  const paths = [
    "/v1/messages",
    "/messages",
    "/api/anthropic/v1/messages",
    "/v1/messages/count_tokens",
    "/v1/messages/batches",
    "/v1/messages/batches/b_1/results",
  ];
  for (const path of paths) assert.equal(name(path), "anthropic", path);
});

Deno.test("dialectOf() knows Anthropic's callers by their version header", () => {
  assert.equal(dialectOf("/v1/models", [["anthropic-version", "2023-06-01"]]).name, "anthropic");
});

Deno.test("dialectOf() knows Gemini's paths", () => {
  const paths = [
    "/v1beta/models",
    "/v1beta/models/gemini-pro:generateContent",
    "/v1alpha/models/x:streamGenerateContent",
    "/v1beta2/models/x:embedContent",
    "/v1/models/gemini-pro:generateContent",
    "/v1/projects/p/locations/l/publishers/google/models/x:countTokens",
  ];
  for (const path of paths) assert.equal(name(path), "gemini", path);
});

Deno.test("dialectOf() knows Azure's paths", () => {
  const paths = [
    "/openai/deployments/chat/chat/completions",
    "/openai/deployments/chat/images/edits",
    "/openai/deployments",
    "/openai/responses",
    "/openai/files/f_1",
    "/openai/realtime",
    "/deployments/chat/embeddings",
  ];
  for (const path of paths) assert.equal(name(path), "azure", path);
});

Deno.test("dialectOf() knows Azure's callers of OpenAI's paths by their credential", () => {
  const path = "/openai/v1/chat/completions";
  assert.equal(name(path), "openai");
  assert.equal(dialectOf(path, [["Api-Key", "k"]]).name, "azure");
  assert.equal(dialectOf("/v1/chat/completions", [["api-key", "k"]]).name, "openai");
});

Deno.test("dialectOf() takes everything else for OpenAI's", () => {
  const paths = [
    "/",
    "/v1/chat/completions",
    "/chat/completions",
    "/v1/responses",
    "/v1/models",
    "/v1/threads/t_1/messages",
    "/v1beta/openai/chat/completions",
    "/v1/openai/chat/completions",
    "/v1/models/ft:gpt-4o:acme::x",
    "/v1/deployments/owner/name/predictions",
    "/v1/messagesx",
  ];
  for (const path of paths) assert.equal(name(path), "openai", path);
});

Deno.test("operationOf() knows both vendors' paths that count tokens", () => {
  const kind = (path: string) => operationOf("POST", path)?.kind;
  assert.equal(kind("/v1/messages/count_tokens"), "counting");
  assert.equal(kind("/v1beta/models/gemini-pro:countTokens"), "counting");
  assert.equal(kind("/v1/messages"), "inference");
});

Deno.test("Dialect.credentialHeader is where each vendor's clients put a key", () => {
  const dialects = [openai, anthropic, gemini, azure];
  const wanted = dialects.map(({ credentialHeader }) => credentialHeader);
  assert.deepEqual(wanted, ["authorization", "x-api-key", "x-goog-api-key", "api-key"]);
});

const PROBLEM = { code: "unknown_model", message: "Unknown model." };

Deno.test("Dialect.errorBody() is worded as each vendor's clients read it", () => {
  assert.deepEqual(openai.errorBody({ ...PROBLEM, status: 400 }), {
    error: {
      message: "Unknown model.",
      type: "invalid_request_error",
      param: null,
      code: "unknown_model",
    },
  });
  assert.deepEqual(anthropic.errorBody({ ...PROBLEM, status: 400 }), {
    type: "error",
    error: { type: "invalid_request_error", message: "Unknown model." },
  });
  assert.deepEqual(gemini.errorBody({ ...PROBLEM, status: 400 }), {
    error: { code: 400, message: "Unknown model.", status: "INVALID_ARGUMENT" },
  });
});

Deno.test("Azure's errors and lists are OpenAI's", () => {
  const problem = { ...PROBLEM, status: 400 };
  assert.deepEqual(azure.errorBody(problem), openai.errorBody(problem));
  assert.deepEqual(azure.modelList(["a"]), openai.modelList(["a"]));
});

Deno.test("Dialect.errorBody() classifies by status", () => {
  const classes = [401, 404, 413, 429, 500, 502, 503, 504].map((status) => {
    const bodies = [openai, anthropic, gemini].map((dialect) => {
      return JSON.stringify(dialect.errorBody({ ...PROBLEM, status }));
    });
    return [status, ...bodies.map((body) => /"(?:type|status)":"((?!error")\w+)"/.exec(body)?.[1])];
  });
  assert.deepEqual(classes, [
    [401, "authentication_error", "authentication_error", "UNAUTHENTICATED"],
    [404, "not_found_error", "not_found_error", "NOT_FOUND"],
    [413, "invalid_request_error", "request_too_large", "INVALID_ARGUMENT"],
    [429, "rate_limit_error", "rate_limit_error", "RESOURCE_EXHAUSTED"],
    [500, "api_error", "api_error", "INTERNAL"],
    [502, "api_error", "api_error", "UNAVAILABLE"],
    [503, "api_error", "overloaded_error", "UNAVAILABLE"],
    [504, "api_error", "timeout_error", "DEADLINE_EXCEEDED"],
  ]);
});

Deno.test("Dialect.modelList() is each vendor's list of models", () => {
  assert.deepEqual(openai.modelList(["a"]), {
    object: "list",
    data: [{ id: "a", object: "model", created: 0, owned_by: "llm-proxy" }],
  });
  const created_at = "1970-01-01T00:00:00Z";
  assert.deepEqual(anthropic.modelList(["a", "b"]), {
    data: ["a", "b"].map((id) => ({ type: "model", id, display_name: id, created_at })),
    has_more: false,
    first_id: "a",
    last_id: "b",
  });
  assert.deepEqual(gemini.modelList(["a"]), { models: [gemini.model("a")] });
});

Deno.test("Dialect.modelList() may be empty", () => {
  assert.deepEqual(openai.modelList([]), { object: "list", data: [] });
  assert.deepEqual(anthropic.modelList([]), {
    data: [],
    has_more: false,
    first_id: null,
    last_id: null,
  });
  assert.deepEqual(gemini.modelList([]), { models: [] });
});
