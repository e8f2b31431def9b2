import assert from "node:assert/strict";
import { incomingOf } from "../../lib/accept/deno_serve.ts";
import type { Backend, KnownCaller } from "../../lib/config/snapshot.ts";
import { nearestNames } from "../../lib/config/nearest.ts";
import { aliasNames, type Call, identify } from "../../lib/policy/identify.ts";
import { otherModelIn } from "../../lib/wire/other_model.ts";
import { receive } from "../../lib/wire/receive.ts";
import { aliasOf, backendOf, callerOf, routeOf, snapshotOf } from "../routing.ts";

const ROUTES = [routeOf(backendOf("a"))];
const SNAPSHOT = snapshotOf([
  aliasOf("gpt-fast", ROUTES),
  aliasOf("claude-opus", ROUTES),
  aliasOf("__proto__", ROUTES),
  aliasOf("retired", ROUTES, { enabled: false }),
]);

interface Sent {
  readonly body?: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The backend that keeps what the request names. */
  readonly keeper?: Backend;
  readonly caller?: KnownCaller;
}

async function identified(sent: Sent, snapshot = SNAPSHOT) {
  const { body, path = "/v1/chat/completions", method = "POST", headers = {} } = sent;
  const request = new Request(`http://proxy${path}`, { method, body, headers });
  const received = await receive(incomingOf(request, "127.0.0.1:9"), { maxBodyBytes: 1_000_000 });
  assert.ok(received.kind === "received");
  const keeper = () => sent.keeper;
  const { caller } = sent;
  return identify(received, { snapshot, caller, nearest: nearestNames, keeper, otherModelIn });
}

async function call(sent: Sent, snapshot = SNAPSHOT): Promise<Call> {
  const identity = await identified(sent, snapshot);
  return identity.kind === "call" ? identity : assert.fail(identity.problem.message);
}

async function refusal(sent: Sent, snapshot = SNAPSHOT) {
  const identity = await identified(sent, snapshot);
  return identity.kind === "refusal" ? identity.problem : assert.fail("it was understood");
}

Deno.test("identify() finds the alias that the body's model names", async () => {
  const { alias } = await call({ body: `{"messages":[],"model":"claude-opus"}` });
  assert.equal(alias.name, "claude-opus");
});

Deno.test("identify() reads the model as JSON means it (F106)", async () => {
  const { alias } = await call({ body: String.raw`{"\u006dodel":"gpt\u002dfast"}` });
  assert.equal(alias.name, "gpt-fast");
});

Deno.test("identify() lets the last of several models decide, and rewrites all (F105)", async () => {
  const { alias, places } = await call({ body: `{"model":"retired","model":"gpt-fast"}` });
  assert.equal(alias.name, "gpt-fast");
  assert.equal(places.length, 2);
});

Deno.test("identify() knows an alias of any name (F120)", async () => {
  assert.equal((await call({ body: `{"model":"__proto__"}` })).alias.name, "__proto__");
});

Deno.test("identify() inherits no alias (F120)", async () => {
  for (const name of ["toString", "constructor", "hasOwnProperty"]) {
    assert.equal((await refusal({ body: `{"model":"${name}"}` })).code, "unknown_model");
  }
});

Deno.test("identify() tells the dialect by path and headers", async () => {
  const body = `{"model":"gpt-fast"}`;
  const headers = { "anthropic-version": "2023-06-01" };
  assert.equal((await call({ body })).dialect.name, "openai");
  assert.equal((await call({ body, path: "/v1/messages?beta=true" })).dialect.name, "anthropic");
  assert.equal((await call({ body, path: "/v1/complete", headers })).dialect.name, "anthropic");
});

Deno.test("identify() tells whether the answer is to be streamed", async () => {
  for (const [value, streamed] of [["true", true], ["false", false], ['"true"', false]] as const) {
    const body = `{"model":"gpt-fast","stream": ${value}}`;
    assert.equal((await call({ body })).streamed, streamed, value);
  }
  assert.equal((await call({ body: `{"model":"gpt-fast"}` })).streamed, false);
});

Deno.test("identify() tells of a form whether its answer is to be streamed", async () => {
  for (const [value, streamed] of [["true", true], ["True", true], ["1", true], ["no", false]]) {
    const form = new FormData();
    form.append("model", "gpt-fast");
    form.append("stream", String(value));
    const request = new Request("http://proxy/", { method: "POST", body: form });
    const headers = { "content-type": request.headers.get("content-type") ?? "" };
    const sent = { body: await request.text(), path: "/v1/audio/transcriptions", headers };
    const { alias, ...found } = await call(sent);
    assert.deepEqual([alias.name, found.streamed], ["gpt-fast", streamed], String(value));
  }
});

Deno.test("identify() tells calls that only count tokens", async () => {
  const body = `{"model":"gpt-fast"}`;
  const kind = async (path: string) => (await call({ body, path })).operation?.kind;
  assert.equal(await kind("/v1/messages/count_tokens"), "counting");
  assert.equal(await kind("/v1/messages"), "inference");
});

Deno.test("identify() tells calls that may create something from those that only ask", async () => {
  const body = `{"model":"gpt-fast"}`;
  for (const sent of [{ path: "/v1/batches" }, { path: "/v1/files" }, { method: "PUT" }]) {
    assert.equal((await call({ body, ...sent })).operation, undefined, JSON.stringify(sent));
  }
});

Deno.test("identify() finds the alias that Gemini's path names, in a body of any kind", async () => {
  for (const body of [`{"contents":[]}`, `{"model":""}`, "no JSON", undefined]) {
    const path = "/v1beta/models/gpt-fast:generateContent?key=k";
    const { alias, places: [place, ...others] } = await call({ path, body });
    assert.equal(alias.name, "gpt-fast");
    assert.deepEqual([place?.kind, others], ["path", []]);
    assert.equal(path.slice(place?.span.start, place?.span.end), "gpt-fast");
  }
});

Deno.test("identify() refuses a body of Gemini's path that is broken JSON", async () => {
  const path = "/v1beta/models/gpt-fast:generateContent";
  const headers = { "content-type": "application/json" };
  const problem = await refusal({ path, body: `{"a":NaN,"model":"retired"}`, headers });
  assert.equal(problem.code, "invalid_json");
});

Deno.test("identify() finds the alias that an Azure path names", async () => {
  const path = "/openai/deployments/gpt-fast/chat/completions?api-version=1";
  const { alias, dialect, operation, places } = await call({ path, body: `{"model":"retired"}` });
  assert.deepEqual([alias.name, dialect.name, operation?.kind], ["gpt-fast", "azure", "inference"]);
  assert.deepEqual(places.map(({ kind }) => kind), ["path", "json"]);
});

Deno.test("identify() finds the alias that a query names, with any method", async () => {
  const path = "/v1/realtime?model=gpt-fast";
  assert.equal((await call({ method: "GET", path })).alias.name, "gpt-fast");
  assert.equal((await call({ path, body: "{}" })).alias.name, "gpt-fast");
});

Deno.test("identify() finds the deployment of Azure's realtime sessions", async () => {
  const path = "/openai/realtime?api-version=1&deployment=gpt-fast";
  assert.equal((await call({ method: "GET", path })).alias.name, "gpt-fast");
});

Deno.test("identify() finds the alias of a Gemini body under the name that Google gives it", async () => {
  const path = "/v1beta/cachedContents";
  const { alias } = await call({ path, body: `{"model":"models/gpt-fast"}` });
  assert.equal(alias.name, "gpt-fast");
});

Deno.test("identify() reads a path's model as URLs mean it", async () => {
  const snapshot = snapshotOf([aliasOf("team/größe:1", ROUTES), aliasOf("50%", ROUTES)]);
  const named = async (name: string) => {
    const path = `/v1beta/models/${name}:generateContent`;
    return (await call({ body: "{}", path }, snapshot)).alias.name;
  };
  assert.equal(await named("team%2Fgr%C3%B6%C3%9Fe%3A1"), "team/größe:1");
  assert.equal(await named("team/gr%C3%B6%C3%9Fe:1"), "team/größe:1");
  assert.equal(await named("50%"), "50%");
});

Deno.test("identify() tells by Gemini's path that the answer is to be streamed", async () => {
  for (const [method, streamed] of [["streamGenerateContent", true], ["generateContent", false]]) {
    const path = `/v1beta/models/gpt-fast:${method}?alt=sse`;
    assert.equal((await call({ path, body: "{}" })).streamed, streamed);
  }
});

Deno.test("identify() refuses an unknown model in a path like any other", async () => {
  const sent = (name: string) => ({ path: `/v1beta/models/${name}:generateContent`, body: "{}" });
  assert.equal((await refusal(sent("gpt-fats"))).code, "unknown_model");
  assert.equal((await refusal(sent("retired"))).code, "model_disabled");
});

Deno.test("identify() refuses an unknown model, naming the nearest aliases", async () => {
  const problem = await refusal({ body: `{"model":"claude-opsu"}` });
  assert.equal(problem.status, 400);
  assert.equal(problem.code, "unknown_model");
  assert.equal(
    problem.message,
    'Unknown model "claude-opsu". Nearest aliases: "claude-opus", "gpt-fast", "__proto__".',
  );
});

Deno.test("identify() says that there is no alias at all", async () => {
  const problem = await refusal({ body: `{"model":"m"}` }, snapshotOf([]));
  assert.equal(problem.message, 'Unknown model "m". No alias is configured.');
});

Deno.test("identify() refuses a disabled alias", async () => {
  const problem = await refusal({ body: `{"model":"retired"}` });
  assert.equal(problem.code, "model_disabled");
  assert.match(problem.message, /"retired" is turned off/);
});

Deno.test("identify() matches whole names in their case (F106)", async () => {
  for (const name of ["GPT-FAST", "gpt-fast ", "gpt-fas"]) {
    assert.equal((await refusal({ body: JSON.stringify({ model: name }) })).code, "unknown_model");
  }
});

Deno.test("identify() refuses a model that is no name (F108)", async () => {
  for (const model of ["null", "7", "true", "{}", '["gpt-fast"]', '""']) {
    const problem = await refusal({ body: `{"model":${model}}` });
    assert.deepEqual([problem.status, problem.code], [400, "invalid_model"], model);
  }
});

Deno.test("identify() quotes only the start of an enormous name (F108)", async () => {
  const problem = await refusal({ body: JSON.stringify({ model: "m".repeat(900_000) }) });
  assert.ok(problem.message.length < 300, String(problem.message.length));
});

Deno.test("identify() refuses what names no model, listing the aliases", async () => {
  for (const sent of [{ method: "GET", path: "/v1/files" }, { body: "{}" }, { body: "[1]" }]) {
    const problem = await refusal(sent);
    assert.deepEqual([problem.status, problem.code], [400, "model_missing"]);
    assert.match(
      problem.message,
      /"gpt-fast", "claude-opus", "__proto__", or configure a default_backend\.$/,
    );
  }
});

Deno.test("identify() lists twenty aliases at most", async () => {
  const many = Array.from({ length: 23 }, (_, index) => aliasOf(`alias-${index}`, ROUTES));
  const problem = await refusal({ body: "{}" }, snapshotOf(many));
  assert.match(problem.message, /"alias-19" and 3 more, or configure a default_backend\.$/);
});

Deno.test("identify() says at which byte a body stops being JSON (F115)", async () => {
  const body = `{"model":"gpt-fast"`;
  const problem = await refusal({ body, headers: { "content-type": "application/json" } });
  assert.equal(problem.code, "invalid_json");
  assert.match(problem.message, new RegExp(`at byte ${body.length} of ${body.length}`));
});

Deno.test("identify() says so of broken JSON under a form's Content-Type, too", async () => {
  for (const type of ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]) {
    const problem = await refusal({ body: `{"model":`, headers: { "content-type": type } });
    assert.equal(problem.code, "invalid_json");
  }
});

Deno.test("identify() takes other content for what it says it is (F103)", async () => {
  const headers = { "content-type": "multipart/form-data; boundary=b" };
  assert.equal((await refusal({ body: "--b\r\n", headers })).code, "model_missing");
});

Deno.test("identify() refuses what is not of its coding, rather than calling it invalid JSON (F101)", async () => {
  for (const coding of ["gzip", "br", "zstd"]) {
    const problem = await refusal({ body: "{}", headers: { "content-encoding": coding } });
    assert.deepEqual([problem.status, problem.code], [400, "invalid_content_encoding"]);
  }
});

Deno.test("identify() takes identity for no coding", async () => {
  const headers = { "content-encoding": "identity" };
  assert.equal((await call({ body: `{"model":"gpt-fast"}`, headers })).alias.name, "gpt-fast");
});

Deno.test("aliasNames() gives those that are enabled", () => {
  assert.deepEqual(aliasNames(SNAPSHOT, undefined), ["gpt-fast", "claude-opus", "__proto__"]);
});

Deno.test("aliasNames() gives those of them that a caller may use", () => {
  assert.deepEqual(aliasNames(SNAPSHOT, callerOf("a", { models: ["*-*"] })), [
    "gpt-fast",
    "claude-opus",
  ]);
});

const DEFAULT = backendOf("rest");
const WITH_DEFAULT = snapshotOf([...SNAPSHOT.aliases.values()], { defaultBackend: DEFAULT });

/** The only route of a call. */
function routeTo({ alias }: Call) {
  const [route, ...more] = alias.routes;
  assert.ok(route !== undefined && more.length === 0 && alias.fallbackTo.length === 0);
  return route;
}

Deno.test("identify() sends an unknown model to the default backend as it came", async () => {
  const sent = { body: `{"stream":true,"model":"mystery"}` };
  const unknown = await call(sent, WITH_DEFAULT);
  assert.equal(routeTo(unknown).backend, DEFAULT);
  assert.deepEqual([routeTo(unknown).model, unknown.alias.name], ["mystery", "mystery"]);
  assert.deepEqual(unknown.places, []);
  assert.deepEqual([unknown.streamed, unknown.operation?.kind], [true, "inference"]);
});

Deno.test("identify() sends an unknown model of Gemini's path there as it came", async () => {
  const path = "/v1beta/models/mystery:streamGenerateContent";
  const unknown = await call({ path, body: "{}" }, WITH_DEFAULT);
  assert.deepEqual([routeTo(unknown).backend, routeTo(unknown).model], [DEFAULT, "mystery"]);
  assert.deepEqual([unknown.places, unknown.streamed], [[], true]);
});

Deno.test("identify() sends what names no model to the default backend", async () => {
  const form = { "content-type": "multipart/form-data; boundary=b" };
  const nameless = [
    { method: "GET", path: "/v1/files" },
    { body: `{"input":"a"}` },
    { body: "[1]" },
    { body: "--b\r\n", headers: form },
  ];
  for (const sent of nameless) {
    const route = routeTo(await call(sent, WITH_DEFAULT));
    assert.deepEqual([route.backend, route.model], [DEFAULT, "no model"], JSON.stringify(sent));
  }
});

Deno.test("identify() sends an alias to its own routes although there is a default", async () => {
  const { alias } = await call({ body: `{"model":"gpt-fast"}` }, WITH_DEFAULT);
  assert.equal(alias.routes, ROUTES);
});

Deno.test("identify() refuses what is wrong, default backend or not", async () => {
  const code = async (body: string) => (await refusal({ body }, WITH_DEFAULT)).code;
  assert.equal(await code(`{"model":"retired"}`), "model_disabled");
  assert.equal(await code(`{"model":"gpt-fast"`), "invalid_json");
  assert.equal(await code(`{"model":7}`), "invalid_model");
});

Deno.test("identify() sends what names a stored object to the backend that keeps it", async () => {
  const keeper = backendOf("keeper");
  const sent = { method: "GET", path: "/v1/files/file-1", keeper };
  for (const snapshot of [SNAPSHOT, WITH_DEFAULT]) {
    assert.equal(routeTo(await call(sent, snapshot)).backend, keeper);
  }
});

Deno.test("identify() sends nothing to a keeper that is turned off", async () => {
  const keeper = backendOf("keeper", { enabled: false });
  const sent = { method: "GET", path: "/v1/files/file-1", keeper };
  assert.equal((await refusal(sent)).code, "model_missing");
  assert.equal(routeTo(await call(sent, WITH_DEFAULT)).backend, DEFAULT);
});

const CLAUDE_ONLY = callerOf("laptop", { models: ["claude-*", "__proto__"] });

Deno.test("identify() refuses a caller the models that it may not use", async () => {
  for (const model of ["gpt-fast", "retired", "mystery"]) {
    for (const snapshot of [SNAPSHOT, WITH_DEFAULT]) {
      const body = JSON.stringify({ model });
      const { status, code, message } = await refusal({ body, caller: CLAUDE_ONLY }, snapshot);
      assert.deepEqual([status, code], [403, "model_not_allowed"], model);
      assert.match(message, new RegExp(`"laptop" may not use the model "${model}".*"claude-\\*"`));
      assert.ok(!message.includes(CLAUDE_ONLY.key));
    }
  }
});

Deno.test("identify() lets a caller call what it may, whatever its alias falls back to", async () => {
  const alias = aliasOf("claude-opus", ROUTES, { fallbackTo: ["gpt-fast"] });
  const snapshot = snapshotOf([alias, aliasOf("gpt-fast", ROUTES)]);
  const sent = { body: `{"model":"claude-opus"}`, caller: CLAUDE_ONLY };
  assert.deepEqual((await call(sent, snapshot)).alias, alias);
});

Deno.test("identify() holds Gemini's path to what a caller may use", async () => {
  const path = (model: string) => `/v1beta/models/${model}:generateContent`;
  const asked = (model: string) => ({ path: path(model), body: "{}", caller: CLAUDE_ONLY });
  assert.equal((await call(asked("claude%2Dopus"))).alias.name, "claude-opus");
  assert.equal((await refusal(asked("gpt-fast"))).status, 403);
});

Deno.test("identify() sends a caller's unknown model to the default backend where it may", async () => {
  const sent = { body: `{"model":"claude-next"}`, caller: CLAUDE_ONLY };
  assert.equal(routeTo(await call(sent, WITH_DEFAULT)).model, "claude-next");
});

Deno.test("identify() refuses a call without a model to a caller with a list of them", async () => {
  const sent = { method: "GET", path: "/v1/files/file-1", keeper: backendOf("keeper") };
  for (const snapshot of [SNAPSHOT, WITH_DEFAULT]) {
    const { status, code, message } = await refusal({ ...sent, caller: CLAUDE_ONLY }, snapshot);
    assert.deepEqual([status, code], [403, "call_not_allowed"]);
    assert.match(
      message,
      /"laptop" may not call GET \/v1\/files\/file-1: .* Put "\*" into "models"/,
    );
    const nameless = await refusal({ body: "{}", caller: CLAUDE_ONLY }, snapshot);
    assert.deepEqual([nameless.status, nameless.code], [403, "model_not_allowed"]);
    assert.match(nameless.message, /names no model.*"laptop".*put "\*" into "models"/);
  }
  const any = callerOf("any", { models: ["claude-*", "*"] });
  assert.equal(routeTo(await call({ ...sent, caller: any })).backend.name, "keeper");
  assert.equal(routeTo(await call({ ...sent, caller: callerOf("all") })).backend.name, "keeper");
});

Deno.test("identify() hints at no alias that a caller may not use", async () => {
  const caller = callerOf("a", { models: ["gpt-*"] });
  const { message } = await refusal({ body: `{"model":"gpt-fest"}`, caller });
  assert.match(message, /Nearest aliases: "gpt-fast"\.$/);
});
