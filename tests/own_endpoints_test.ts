import assert from "node:assert/strict";
import type { KnownCaller } from "../lib/config/snapshot.ts";
import { isGreeting, ownEndpoint } from "../lib/own_endpoints.ts";
import type { RawHeaders } from "../lib/wire/headers.ts";
import { aliasOf, backendOf, callerOf, routeOf, snapshotOf } from "./routing.ts";

const ROUTES = [routeOf(backendOf("a"))];
const SNAPSHOT = snapshotOf([
  aliasOf("gpt-fast", ROUTES),
  aliasOf("vendor/claude opus", ROUTES),
  aliasOf("qwen:7b", ROUTES),
  aliasOf("retired", ROUTES, { enabled: false }),
]);
const NAMES = ["gpt-fast", "vendor/claude opus", "qwen:7b"];

function answer(
  method: string,
  path: string,
  headers: RawHeaders = [],
  caller: KnownCaller | undefined = undefined,
) {
  return ownEndpoint({ method, path, headers }, { snapshot: SNAPSHOT, caller });
}

function text(path: string): string | undefined {
  const own = answer("GET", path);
  return own === undefined ? undefined : new TextDecoder().decode(own.body);
}

function json(path: string, headers: RawHeaders = [], caller?: KnownCaller) {
  const own = answer("GET", path, headers, caller);
  assert.ok(own !== undefined, path);
  const type = ["content-type", "application/json"];
  const isFinal = own.status >= 400;
  assert.deepEqual(own.headers, isFinal ? [type, ["x-should-retry", "false"]] : [type]);
  return { status: own.status, body: JSON.parse(new TextDecoder().decode(own.body)) };
}

Deno.test("ownEndpoint() answers health checks", () => {
  for (const path of ["/health", "/healthz"]) {
    assert.equal(text(path), "ok");
    assert.equal(answer("HEAD", path)?.status, 200);
  }
});

Deno.test("ownEndpoint() answers HEAD / and HEAD /api/hello, and no GET of them", () => {
  for (const path of ["/", "/api/hello"]) {
    assert.equal(answer("HEAD", path)?.status, 200);
    assert.equal(answer("GET", path), undefined);
  }
});

Deno.test("ownEndpoint() lists the enabled aliases in OpenAI's shape", () => {
  for (const path of ["/v1/models", "/models"]) {
    const { status, body } = json(path);
    assert.equal(status, 200);
    assert.equal(body.object, "list");
    assert.deepEqual(body.data.map(({ id }: { id: string }) => id), NAMES);
  }
});

Deno.test("ownEndpoint() lists them in Anthropic's shape for its callers", () => {
  const { body } = json("/v1/models", [["anthropic-version", "2023-06-01"]]);
  assert.deepEqual(
    body.data.map(({ display_name }: { display_name: string }) => display_name),
    NAMES,
  );
  assert.equal(body.has_more, false);
});

Deno.test("ownEndpoint() lists them in Gemini's shape under /v1beta", () => {
  const { body } = json("/v1beta/models");
  const names = body.models.map(({ name }: { name: string }) => name);
  assert.deepEqual(names, NAMES.map((name) => `models/${name}`));
});

Deno.test("ownEndpoint() shows one alias, by a name however encoded", () => {
  assert.equal(json("/v1/models/gpt-fast").body.id, "gpt-fast");
  assert.equal(json("/models/gpt-fast").body.id, "gpt-fast");
  assert.equal(json("/v1/models/vendor%2Fclaude%20opus").body.id, "vendor/claude opus");
  assert.equal(json("/v1/models/vendor/claude%20opus").body.id, "vendor/claude opus");
  assert.equal(json("/v1beta/models/gpt-fast").body.name, "models/gpt-fast");
});

Deno.test("ownEndpoint() shows an alias with a colon in its name", () => {
  assert.equal(json("/v1/models/qwen:7b").body.id, "qwen:7b");
  assert.equal(json("/v1/models/qwen%3A7b").body.id, "qwen:7b");
});

Deno.test("ownEndpoint() answers 404 to an alias that is unknown, turned off or inherited", () => {
  for (const name of ["gpt-slow", "retired", "__proto__", "%zz"]) {
    const { status, body } = json(`/v1/models/${name}`);
    assert.equal(status, 404);
    assert.equal(body.error.code, "model_not_found");
    assert.match(body.error.message, /There is no model ".*" here; \/v1\/models lists/);
  }
});

Deno.test("ownEndpoint() leaves everything else to the backends", () => {
  const others = [
    ["POST", "/v1/models"],
    ["POST", "/health"],
    ["DELETE", "/v1/models/gpt-fast"],
    ["GET", "/v1/chat/completions"],
    ["GET", "/v1/models/gpt-fast/permissions"],
    ["GET", "/health/"],
    ["GET", "/HEALTH"],
    ["GET", "//health"],
    ["OPTIONS", "/v1/models"],
  ] as const;
  for (const [method, path] of others) assert.equal(answer(method, path), undefined, path);
});

const LISTS = ["/v1/models", "/models", "/v1beta/models"];

/** The names in any of the three shapes. */
function namesIn(body: { readonly data?: unknown[]; readonly models?: unknown[] }): string[] {
  return [...body.data ?? body.models ?? []].map((model) => {
    const { id, name } = model as { readonly id?: string; readonly name?: string };
    return id ?? name?.replace("models/", "") ?? "";
  });
}

Deno.test("ownEndpoint() lists the aliases that a caller may use, in every shape", () => {
  const caller = callerOf("laptop", { models: ["gpt-*", "retired", "qwen:7b"] });
  for (const path of LISTS) {
    assert.deepEqual(namesIn(json(path, [], caller).body), ["gpt-fast", "qwen:7b"], path);
  }
  const anthropic: RawHeaders = [["Anthropic-Version", "2023-06-01"]];
  assert.deepEqual(namesIn(json("/v1/models", anthropic, caller).body), ["gpt-fast", "qwen:7b"]);
});

Deno.test("ownEndpoint() shows a caller no alias that it may not use", () => {
  const caller = callerOf("laptop", { models: ["gpt-*"] });
  for (const path of LISTS) {
    assert.equal(json(`${path}/gpt-fast`, [], caller).status, 200);
    const { status, body } = json(`${path}/qwen:7b`, [], caller);
    assert.equal(status, 404, path);
    assert.match(body.error.message, /There is no model "qwen:7b" here/);
  }
});

Deno.test("ownEndpoint() lists nothing for a caller that may use nothing", () => {
  const { body } = json("/v1/models", [["anthropic-version", "x"]], callerOf("a", { models: [] }));
  assert.deepEqual(body, { data: [], has_more: false, first_id: null, last_id: null });
});

Deno.test("isGreeting() is what nobody needs a key for", () => {
  const open = ["GET /health", "HEAD /healthz", "HEAD /", "HEAD /api/hello"];
  const shut = ["POST /health", "GET /", "GET /v1/models", "HEAD /v1/models", "GET /health/x"];
  const isOpen = (line: string) => {
    const [method = "", path = ""] = line.split(" ");
    return isGreeting({ method, path });
  };
  assert.deepEqual([...open, ...shut].filter(isOpen), open);
});
