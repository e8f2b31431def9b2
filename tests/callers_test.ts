/** Who may call, end to end: config.md, "Who may call". */
import assert from "node:assert/strict";
import { callRaw, lineValue, type RawReply, type RawRequest, textOf } from "./caller.ts";
import { chain } from "./chain.ts";
import { type Peer, reply, startReplier } from "./peer.ts";
import { startProxy, type TestProxy } from "./proxy.ts";

const KEY = "canary-key-of-laptop";
const CALL: RawRequest = { body: `{"model":"chat"}` };
const CLIENTS = `
clients:
  - { name: laptop, key: "${KEY}" }
  - { name: phone, key: "canary-key-of-phone", models: ["chat", "gpt-*"] }
`;
const PHONE = "Authorization: Bearer canary-key-of-phone";

interface Line extends AsyncDisposable {
  readonly backend: Peer;
  readonly proxy: TestProxy;
}

/** A proxy that knows its callers, with the alias `chat` and one that the phone may not use. */
async function startLine(rest = CLIENTS): Promise<Line> {
  const backend = await startReplier(reply(200, `{"from":"backend"}`));
  const more = `  secret: [{ backend: backend, model: m }]\n${rest}`;
  const proxy = await startProxy(chain({ backend }, more));
  return {
    backend,
    proxy,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}

function errorOf(reply: RawReply) {
  return JSON.parse(textOf(reply)).error;
}

const PLACES: Readonly<Record<string, RawRequest>> = {
  "Authorization: Bearer": { lines: [`Authorization: Bearer ${KEY}`] },
  "Authorization: bearer": { lines: [`authorization: bearer  ${KEY}`] },
  "x-api-key": { lines: [`X-API-Key: ${KEY}`] },
  "x-goog-api-key": { lines: [`x-goog-api-key: ${KEY}`] },
  "api-key": { lines: [`api-key: ${KEY}`] },
  "?key=": { target: `/v1/chat/completions?a=1&key=${KEY}` },
  "?key= in another encoding": { target: `/v1/chat/completions?%6bey=%63${KEY.slice(1)}` },
};

for (const [place, request] of Object.entries(PLACES)) {
  Deno.test(`startServer() lets a caller in by its key in ${place}`, async () => {
    await using line = await startLine();
    const got = await callRaw(line.proxy.url, { ...CALL, ...request });
    assert.deepEqual([got.status, textOf(got)], [200, `{"from":"backend"}`]);
  });
}

const NO_KEYS: Readonly<Record<string, RawRequest>> = {
  "no key": {},
  "a wrong key": { lines: ["Authorization: Bearer sk-wrong-wrong-wrong"] },
  "a key that is cut short": { lines: [`x-api-key: ${KEY.slice(0, -1)}`] },
  "a key in another case": { lines: [`x-api-key: ${KEY.toUpperCase()}`] },
  "an empty key": { lines: ["x-api-key: "] },
  "a caller's name": { lines: ["x-api-key: laptop"] },
  "its key in a cookie": { lines: [`Cookie: key=${KEY}`] },
  "its key as HTTP Basic": { lines: [`Authorization: Basic ${btoa(`laptop:${KEY}`)}`] },
  "its key in the body": { body: `{"model":"chat","key":"${KEY}"}` },
};

for (const [what, request] of Object.entries(NO_KEYS)) {
  Deno.test(`startServer() answers ${what} with 401, and asks no backend`, async () => {
    await using line = await startLine();
    const got = await callRaw(line.proxy.url, { ...CALL, ...request });
    assert.equal(got.status, 401);
    assert.equal(lineValue(got, "www-authenticate"), "Bearer");
    assert.match(errorOf(got).message, /Send the key of one of the configuration's clients as/);
    assert.equal(line.backend.connections, 0);
    const all = textOf(got) + line.proxy.lines.join() + (await line.proxy.logs()).join();
    assert.doesNotMatch(all, /canary|sk-wrong/i);
  });
}

Deno.test("startServer() answers a missing key in the caller's dialect", async () => {
  await using line = await startLine();
  const ask = async (target: string) => errorOf(await callRaw(line.proxy.url, { ...CALL, target }));
  const openai = await ask("/v1/chat/completions");
  assert.deepEqual([openai.type, openai.code], ["authentication_error", "missing_key"]);
  assert.equal((await ask("/v1/messages")).type, "authentication_error");
  const gemini = await ask("/v1beta/models/chat:generateContent");
  assert.deepEqual([gemini.code, gemini.status], [401, "UNAUTHENTICATED"]);
});

Deno.test("startServer() wants a key for every path but health and greetings", async () => {
  await using line = await startLine();
  const shut = ["GET /v1/models", "GET /models", "GET /v1beta/models", "GET /v1/models/chat"];
  const more = ["GET /", "POST /health", "GET /health/", "OPTIONS /v1/models", "GET /v1/files"];
  for (const asked of [...shut, ...more]) {
    const [method = "", target = ""] = asked.split(" ");
    assert.equal((await callRaw(line.proxy.url, { method, target })).status, 401, asked);
  }
  for (const asked of ["GET /health", "HEAD /healthz", "HEAD /", "HEAD /api/hello"]) {
    const [method = "", target = ""] = asked.split(" ");
    assert.equal((await callRaw(line.proxy.url, { method, target })).status, 200, asked);
  }
  assert.equal(line.backend.connections, 0);
});

Deno.test("startServer() lists the models a caller may use, by any header, whatever the paging", async () => {
  await using line = await startLine();
  for (const header of [PHONE, "x-api-key: canary-key-of-phone"]) {
    const target = "/v1/models?limit=1000&after_id=x";
    const got = await callRaw(line.proxy.url, { method: "GET", target, lines: [header] });
    assert.deepEqual(JSON.parse(textOf(got)).data.map(({ id }: { id: string }) => id), ["chat"]);
    const head = await callRaw(line.proxy.url, { method: "HEAD", target, lines: [header] });
    assert.deepEqual([head.status, lineValue(head, "content-type")], [200, "application/json"]);
  }
  const secret = { method: "GET", target: "/v1/models/secret" };
  assert.equal((await callRaw(line.proxy.url, { ...secret, lines: [PHONE] })).status, 404);
  const laptop = { ...secret, lines: [`x-api-key: ${KEY}`] };
  assert.equal((await callRaw(line.proxy.url, laptop)).status, 200);
});

Deno.test("route() answers a model that a caller may not use with 403, in its dialect", async () => {
  await using line = await startLine();
  const call = { body: `{"model":"secret"}`, lines: [PHONE] };
  const got = await callRaw(line.proxy.url, { ...call, target: "/v1/messages" });
  assert.equal(got.status, 403);
  assert.deepEqual(JSON.parse(textOf(got)), {
    type: "error",
    error: {
      type: "permission_error",
      message:
        'The caller "phone" may not use the model "secret". "models" of its entry in clients ' +
        'allows "chat", "gpt-*".',
    },
  });
  assert.equal(line.backend.connections, 0);
  assert.equal((await callRaw(line.proxy.url, { ...call, ...CALL })).status, 200);
});

Deno.test("route() holds a caller to its models at the default backend too", async () => {
  await using line = await startLine(`default_backend: backend\n${CLIENTS}`);
  const status = async (request: RawRequest) =>
    (await callRaw(line.proxy.url, { lines: [PHONE], ...request })).status;
  assert.equal(await status({ body: `{"model":"gpt-unheard-of"}` }), 200);
  assert.equal(await status({ body: `{"model":"claude-unheard-of"}` }), 403);
  assert.equal(await status({ method: "GET", target: "/v1/files" }), 403);
  const audio = [PHONE, "Content-Type: audio/wav"];
  assert.equal(await status({ target: "/v1/audio/x", body: "no model", lines: audio }), 403);
  const laptop = [`x-api-key: ${KEY}`];
  assert.equal(await status({ method: "GET", target: "/v1/files", lines: laptop }), 200);
});

Deno.test("route() follows an alias to others that a caller may not name", async () => {
  await using down = await startReplier(reply(503, "{}"));
  await using up = await startReplier(reply(200, `{"from":"up"}`));
  await using proxy = await startProxy(`
backends: [{ name: down, url: "${down.url}" }, { name: up, url: "${up.url}" }]
models:
  chat: { routes: [{ backend: down, model: m }], fallback_to: [secret] }
  secret: [{ backend: up, model: m }]
${CLIENTS}`);
  assert.equal(textOf(await callRaw(proxy.url, { ...CALL, lines: [PHONE] })), `{"from":"up"}`);
});

Deno.test("Journal names the caller in the log line and the record, never its key", async () => {
  await using line = await startLine();
  const lines = [PHONE, `x-api-key: ${KEY}`];
  await callRaw(line.proxy.url, { ...CALL, lines, target: "/v1/chat/completions?key=x" });
  const [log = ""] = await line.proxy.logs();
  const [summary = ""] = line.proxy.lines.filter((each) => each.includes(" chat ->"));
  assert.match(summary, / POST \/v1\/chat\/completions \(phone\) chat -> backend /);
  assert.match(log, /^caller {5}phone; its key was taken off the request$/m);
  assert.doesNotMatch(log + line.proxy.lines.join(), /canary/);
});

Deno.test("startServer() needs no key and asks for no origin where clients is empty on purpose", async () => {
  await using backend = await startReplier(reply(200, `{"from":"backend"}`));
  await using proxy = await startProxy(`
clients: []
backends: [{ name: own, url: "${backend.url}", auth: inject, api_key: "sk-backend-1234567890" }]
models: { chat: [{ backend: own, model: m }] }`);
  const got = await callRaw(proxy.url, { ...CALL, lines: ["Origin: https://app.example"] });
  assert.equal(textOf(got), `{"from":"backend"}`);
});

Deno.test("startServer() lets a page of any origin in that has a key (F172)", async () => {
  await using line = await startLine();
  const lines = ["Origin: https://app.example", `x-api-key: ${KEY}`];
  assert.equal((await callRaw(line.proxy.url, { ...CALL, lines })).status, 200);
});

Deno.test("startServer() goes by the callers of the configuration in force", async () => {
  await using line = await startLine();
  const { proxy, backend } = line;
  const call = { ...CALL, lines: [`x-api-key: ${KEY}`] };
  assert.equal((await callRaw(proxy.url, call)).status, 200);
  await proxy.configure(chain({ backend }, CLIENTS.replace(KEY, "canary-key-renewed")));
  assert.equal((await callRaw(proxy.url, call)).status, 401);
  const renewed = { ...CALL, lines: ["x-api-key: canary-key-renewed"] };
  assert.equal((await callRaw(proxy.url, renewed)).status, 200);
});
