/** Which calls a restricted caller reaches, by whole paths: H2, end to end. */
import assert from "node:assert/strict";
import { WHOLE_PATHS } from "../../lib/dialect/operations.ts";
import { lineValue, type RawRequest, textOf } from "../caller.ts";
import {
  assertForbidden,
  assertPasses,
  assertRefused,
  chat,
  JSON_TYPE,
  startRestricted,
} from "./restricted.ts";

const CHEAP = { lines: [JSON_TYPE], body: `{"model":"cheap"}` };

/** "METHOD target" and a body where it has one. */
function request(line: string, body?: string): RawRequest {
  const [method, target] = line.split(" ");
  return { method, target, ...body !== undefined && { lines: [JSON_TYPE], body } };
}

const LITERALS: readonly RawRequest[] = [
  request("GET /v1/files?model=cheap"),
  request("DELETE /v1/files/file-abc?model=cheap"),
  request("GET /v1/organization/admin_api_keys?model=cheap"),
  request("POST /v1/batches", `{"model":"cheap","input_file_id":"file-1"}`),
  request("POST /v1/engines/dear/completions", `{"model":"cheap"}`),
  request("POST /engines/dear/completions", `{"model":"cheap"}`),
  request("POST /model/dear/invoke", `{"model":"cheap"}`),
  request("POST /v1/model/dear/invoke?model=cheap", `{"model":"cheap"}`),
];

for (const literal of LITERALS) {
  const { method, target } = literal;
  Deno.test(`H2: a restricted caller gets 403 for ${method} ${target}`, async () => {
    await using line = await startRestricted();
    await assertForbidden(line, literal, "restricted");
    const free = await line.callFreely(literal);
    assert.equal(free.status, 200, "a caller with a star");
  });
}

/** Other calls of the operator's account, each with a model that is allowed. */
const OTHER_CALLS = [
  "GET /v1/batches?model=cheap",
  "POST /v1/files",
  "POST /v1/uploads",
  "POST /v1/fine_tuning/jobs",
  "GET /v1/fine_tuning/jobs?model=cheap",
  "GET /v1/organization/usage/completions?models=cheap&model=cheap",
  "POST /v1/containers",
  "GET /v1/containers?model=cheap",
  "GET /v1/responses/resp_1?model=cheap",
  "DELETE /v1/responses/resp_1?model=cheap",
  "POST /v1/responses/resp_1/cancel",
  "GET /v1/responses/resp_1/input_items?model=cheap",
  "GET /v1/chat/completions?model=cheap",
  "GET /v1/chat/completions/c1?model=cheap",
  "DELETE /v1/chat/completions/c1?model=cheap",
  "POST /v1/chat/completions/c1",
  "POST /v1/assistants",
  "POST /v1/threads/runs",
  "POST /v1/threads/t1/messages",
  "POST /v1/vector_stores",
  "POST /v1/evals",
  "POST /v1/conversations",
  "POST /v1/realtime/sessions",
  "POST /v1/realtime/client_secrets",
  "POST /v1/realtime/calls",
  "POST /v1/realtime",
  "GET /v1/realtime?model=cheap",
  "POST /v1/messages/batches",
  "POST /v1/videos/v1/remix",
  "GET /v1/videos?model=cheap",
  "DELETE /v1/models/cheap?model=cheap",
  "POST /v1/audio/voices",
  "POST /v1/images/unheard-of",
  "POST /v1/skills",
  "POST /api/v1/keys",
  "POST /v1beta/files?model=cheap",
  "POST /v1beta/cachedContents",
  "POST /v1beta/models/cheap:batchGenerateContent",
  "POST /v1beta/models/cheap:asyncBatchEmbedContent",
  "POST /v1beta/models/cheap:novelty",
  "DELETE /v1beta/models/cheap:generateContent",
  "POST /v1beta/tunedModels/cheap:generateContent",
  "POST /v1/models/cheap:predict",
  "POST /openai/deployments/cheap/extensions/chat/completions",
  "GET /openai/deployments/cheap/chat/completions",
  "GET /openai/deployments/cheap",
  "DELETE /openai/deployments/cheap",
  "POST /openai/deployments/cheap/files",
  "GET /openai/files?deployment=cheap&model=cheap",
  "POST /",
  "POST /unheard-of",
  "POST /v1",
  "POST /v2/chat/completions",
  "POST /api/v1/chat/completions",
  "POST /admin/v1/chat/completions",
  "POST /v1/v1/chat/completions",
  "POST /engines/dear/embeddings",
  "POST /openai/engines/dear/completions",
  "PUT /v1/chat/completions",
  "PATCH /v1/chat/completions",
  "DELETE /v1/chat/completions",
  "OPTIONS /v1/chat/completions",
  "post /v1/chat/completions",
  "QUERY /v1/chat/completions",
];

Deno.test("H2: a restricted caller reaches nothing but what a model answers", async () => {
  await using line = await startRestricted();
  for (const other of OTHER_CALLS) {
    const body = /^(?:GET|DELETE|OPTIONS)/.test(other) ? undefined : `{"model":"cheap"}`;
    const got = await assertRefused(line, request(other, body), other);
    // A listener may refuse a method that it does not know by itself.
    if (!/^(?:post|QUERY)/.test(other)) assert.equal(got.status, 403, other);
  }
});

/** The chat under paths that some server may take for it, or for another. */
const BENT_PATHS = [
  "/v1/chat//completions",
  "/v1/chat/completions/",
  "/v1/chat/completions//",
  "/v1/./chat/completions",
  "/v1/files/../chat/completions",
  "/v1/chat/completions/../../files",
  "/v1/%2e%2e/v1/chat/completions",
  "/v1/chat%2Fcompletions",
  "/v1/%63hat/completions",
  "/v1/chat/completions%2f..%2f..%2ffiles",
  "/v1/chat/completions%00",
  "/v1/chat/completions%20",
  "/v1/chat/completions;x=1",
  "/v1;x/chat/completions",
  "/v1/chat;/completions",
  "/v1\\chat\\completions",
  "/V1/chat/completions",
  "/v1/Chat/Completions",
  "/v1/CHAT/COMPLETIONS",
  "/v1/chat/completions.json",
  "/v1/chat/completions/x",
  "/v1/chat/completions:x",
  "/v1/chat/completions@x",
  "/files/v1/chat/completions",
  "/v1/files/chat/completions",
  "/v1/models/dear/chat/completions",
  "/v1/{model}/chat/completions",
  "/openai/deployments/{model}/files",
  "/OpenAI/deployments/cheap/chat/completions",
  "/openai/Deployments/cheap/chat/completions",
  "/openai/deployments/cheap/../dear/chat/completions",
  "/openai/deployments/cheap%2F..%2Fdear/chat/completions",
  "/openai/deployments/gpt-mini-1%2Ffiles/chat/completions",
  "/openai/deployments//chat/completions",
  "/openai/deployments/cheap/chat/completions/",
  "/x/openai/deployments/cheap/chat/completions",
  "/v1beta/models/cheap/../dear:generateContent",
  "/v1beta/models/gpt-mini-1/operations/x:generateContent",
  "/v1beta/models/gpt-mini-%2e%2e:generateContent",
  "/v1beta/models/cheap:generateContent/",
  "/v1beta/models/cheap:GenerateContent",
  "/v1beta/models/cheap%3AgenerateContent",
  "/v1beta/models/cheap:generateContent;x",
];

Deno.test("H2: a restricted caller's path is what it is, letter for letter", async () => {
  await using line = await startRestricted();
  for (const target of BENT_PATHS) {
    await assertRefused(line, { ...CHEAP, target }, target);
  }
});

Deno.test("H2: a doubled slash that a base URL left is put right before a caller is held to paths", async () => {
  await using line = await startRestricted();
  for (const target of ["/v1//chat/completions", "//v1/chat/completions", "//chat/completions"]) {
    await assertPasses(line, { ...CHEAP, target }, target);
    assert.equal(line.backend.requests.at(-1)?.target, target.replaceAll("//", "/"));
  }
  for (const target of ["/v1//files", "//v1/batches", "//engines/dear/completions"]) {
    await assertForbidden(line, { ...CHEAP, target }, target);
  }
});

Deno.test("H2: a header cannot make another call of it", async () => {
  await using line = await startRestricted();
  const headers = [
    "X-HTTP-Method-Override: DELETE",
    "X-HTTP-Method: GET",
    "X-Method-Override: PUT",
    "X-Original-URL: /v1/files",
    "X-Rewrite-URL: /v1/organization/admin_api_keys",
  ];
  for (const header of headers) {
    await assertRefused(line, { ...CHEAP, lines: [JSON_TYPE, header] }, header);
  }
  await assertRefused(line, { ...CHEAP, target: "/v1/chat/completions?_method=DELETE" }, "query");
  await assertRefused(line, { ...CHEAP, target: "/v1/chat/completions#x" }, "fragment");
  const same = "X-Original-URL: /v1/chat/completions";
  await assertPasses(line, { ...CHEAP, lines: [JSON_TYPE, same] }, same);
});

Deno.test("H2: Anthropic's header does not hide the model that a Gemini path names", async () => {
  await using line = await startRestricted();
  const lines = [JSON_TYPE, "anthropic-version: 2023-06-01"];
  const target = "/v1beta/models/dear:generateContent";
  await assertForbidden(line, { target, lines, body: `{"model":"cheap"}` }, target);
});

Deno.test("a restricted caller reaches every call of the table, under every root", async () => {
  await using line = await startRestricted();
  for (const [path, by] of WHOLE_PATHS) {
    if (by === "WebSocket") continue;
    const target = path.replace("{model}", "cheap");
    await assertPasses(line, { ...CHEAP, target }, `POST ${target}`);
    const seen = line.backend.requests.at(-1);
    const says = `${seen?.target} ${new TextDecoder().decode(seen?.body)}`;
    assert.match(says, /real-cheap/, target);
    await assertForbidden(line, { ...CHEAP, target, method: "DELETE" }, `DELETE ${target}`);
  }
});

/** As the vendors' clients call it. */
const SDK_CALLS: readonly (readonly [target: string, body: string])[] = [
  ["/v1/chat/completions", `{"model":"cheap","messages":[{"role":"user","content":"hi"}]}`],
  ["/chat/completions", `{"model":"gpt-mini-2","messages":[]}`],
  ["/v1/messages?beta=true", `{"model":"cheap","max_tokens":1,"messages":[]}`],
  ["/v1/messages/count_tokens?beta=true", `{"model":"cheap","messages":[]}`],
  ["/v1/responses", `{"model":"cheap","input":"hi","stream":true}`],
  ["/v1/responses/compact", `{"model":"cheap","input":[]}`],
  ["/v1/responses/input_tokens", `{"model":"cheap","input":"hi"}`],
  ["/v1beta/models/cheap:streamGenerateContent?alt=sse", `{"contents":[]}`],
  ["/v1beta/models/gpt-mini-2:countTokens", `{"contents":[]}`],
  ["/v1beta/models/cheap:countTokens", `{"generateContentRequest":{"model":"models/cheap"}}`],
  ["/v1beta/models/cheap:batchEmbedContents", `{"requests":[{"model":"models/cheap"}]}`],
  ["/v1beta/models/cheap:predict", `{"instances":[{"prompt":"a cat"}]}`],
  ["/v1beta/openai/chat/completions", `{"model":"cheap","messages":[]}`],
  ["/openai/deployments/cheap/chat/completions?api-version=2024-10-21", `{"messages":[]}`],
  ["/openai/deployments/cheap/chat/completions?api-version=1", `{"model":"","messages":[]}`],
  ["/openai/deployments/cheap/images/generations?api-version=1", `{"model":"cheap"}`],
  ["/openai/responses?api-version=2025-04-01-preview", `{"model":"cheap","input":"hi"}`],
  ["/openai/v1/responses?api-version=preview", `{"model":"cheap","input":"hi"}`],
];

Deno.test("a restricted caller passes as the vendors' clients call", async () => {
  await using line = await startRestricted();
  for (const [target, body] of SDK_CALLS) {
    await assertPasses(line, { target, body, lines: [JSON_TYPE] }, target);
  }
});

Deno.test("a restricted caller reaches the proxy's own endpoints, filtered", async () => {
  await using line = await startRestricted();
  const before = line.backend.requests.length;
  const names = async (target: string) => {
    const got = await line.call({ method: "GET", target });
    return JSON.parse(textOf(got)).data.map(({ id }: { id: string }) => id);
  };
  assert.deepEqual(await names("/v1/models"), ["cheap", "cheaper"]);
  assert.deepEqual(await names("/models"), ["cheap", "cheaper"]);
  const status = async (line_: string) => (await line.call(request(line_))).status;
  assert.equal(await status("GET /v1/models/cheap"), 200);
  assert.equal(await status("GET /v1/models/dear"), 404);
  assert.equal(await status("GET /v1/models/dear/x"), 403);
  assert.equal(await status("GET /health"), 200);
  assert.equal(await status("HEAD /api/hello"), 200);
  assert.equal(line.backend.requests.length, before);
});

Deno.test("H2: a restricted caller's WebSocket is realtime alone, by its query", async () => {
  await using line = await startRestricted();
  const upgrade = [
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  const status = async (target: string) =>
    (await line.call({ method: "GET", target, lines: upgrade })).status;
  for (const target of ["/v1/realtime", "/realtime", "/openai/realtime", "/openai/v1/realtime"]) {
    // The backend answers with no WebSocket, but was asked.
    assert.equal(await status(`${target}?model=cheap`), 200, target);
    assert.equal(await status(`${target}?model=dear`), 403, target);
    assert.equal(await status(target), 426, target);
  }
  assert.equal(await status("/openai/realtime?deployment=cheap"), 200);
  assert.equal(await status("/openai/realtime?deployment=cheap&model=dear"), 403);
  assert.equal(await status("/v1/responses"), 426, "Codex goes on with HTTP");
  for (
    const target of [
      "/v1/responses?model=cheap",
      "/v1/files?model=cheap",
      "/v1/files",
      "/v1/realtime/?model=cheap",
      "/v1/realtime/x?model=cheap",
      "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent",
    ]
  ) assert.equal(await status(target), 403, target);
});

Deno.test("H2: the refusal is in the caller's dialect, says what is allowed, and no key", async () => {
  await using line = await startRestricted();
  const got = await line.call(request("GET /v1/files?key=sk-proj-AbCdEfGh0123456789"));
  const { error } = JSON.parse(textOf(got));
  assert.deepEqual([got.status, error.code, error.type], [
    403,
    "call_not_allowed",
    "permission_error",
  ]);
  assert.equal(
    error.message,
    'The caller "phone" may not call GET /v1/files: a caller with a list of models ("cheap", ' +
      '"cheaper", "gpt-mini-*") may make the calls that a model answers, such as ' +
      'POST /v1/chat/completions, and no others. Put "*" into "models" of its entry in clients to ' +
      "allow every call.",
  );
  const batches = await line.call(request("POST /v1/messages/batches", `{"model":"cheap"}`));
  assert.equal(JSON.parse(textOf(batches)).error.type, "permission_error");
  const gemini = await line.call(request("POST /v1beta/cachedContents", `{"model":"cheap"}`));
  assert.equal(JSON.parse(textOf(gemini)).error.status, "PERMISSION_DENIED");
  assert.equal(lineValue(gemini, "content-type"), "application/json");
  const named = await line.call(chat(`"models":["sk-proj-AbCdEfGh0123456789xyz"]`));
  assert.equal(named.status, 403);
  assert.doesNotMatch(textOf(named), /AbCdEfGh0123456789/);
});
