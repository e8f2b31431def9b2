import assert from "node:assert/strict";
import { ROUTES } from "../../lib/admin/routes.ts";
import { startReplier } from "../peer.ts";
import { sceneryConfig } from "./scenery.ts";
import { type Stage, startStage } from "./stage.ts";

const TOKEN = "a-token-of-some-length";

async function startGuarded() {
  const peer = await startReplier("");
  const yaml = sceneryConfig([peer, peer, peer])
    .replace(
      'admin: { listen: "127.0.0.1:0" }',
      `admin: { listen: "127.0.0.1:0", token: ${TOKEN} }`,
    );
  const stage = await startStage(yaml);
  return {
    stage,
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await peer[Symbol.asyncDispose]();
    },
  };
}

async function login({ admin }: Stage, token: string): Promise<Response> {
  const headers = { "content-type": "application/json", "x-llm-proxy": "1" };
  const body = JSON.stringify({ token });
  const response = await fetch(`${admin.url}/api/login`, { method: "POST", headers, body });
  await response.body?.cancel();
  return response;
}

async function statusOf({ admin }: Stage, path: string, headers = {}): Promise<number> {
  const response = await fetch(admin.url + path, { headers });
  await response.body?.cancel();
  return response.status;
}

Deno.test("with a token, every route but the page itself, /health and the login wants it", async () => {
  await using guarded = await startGuarded();
  const { admin } = guarded.stage;
  const open: string[] = [];
  for (const { method, path } of ROUTES) {
    const marks = { "content-type": "application/json", "x-llm-proxy": "1" };
    const init = method === "POST" ? { method, headers: marks, body: "{}" } : {};
    const response = await fetch(admin.url + path, init);
    if (!(await response.text()).includes('"token_needed"')) open.push(path);
  }
  assert.deepEqual(open, ["/", "/app.js", "/app.css", "/icon.svg", "/health", "/api/login"]);
});

Deno.test("the token opens a session, whose cookie opens the rest", async () => {
  await using guarded = await startGuarded();
  const { stage } = guarded;
  const right = await login(stage, TOKEN);
  assert.equal(right.status, 200);
  const [cookie = ""] = (right.headers.get("set-cookie") ?? "").split(";");
  assert.equal(await statusOf(stage, "/api/now", { cookie }), 200);
  assert.equal(await statusOf(stage, "/api/now", { cookie: `${cookie}0` }), 401);
});

Deno.test("a wrong token opens nothing and takes its time", async () => {
  await using guarded = await startGuarded();
  const { stage } = guarded;
  const startedMs = performance.now();
  const wrong = await login(stage, "a-token-of-some-lengtH");
  assert.equal(wrong.status, 401);
  assert.equal(wrong.headers.get("set-cookie"), null);
  assert.ok(performance.now() - startedMs >= 190);
});

Deno.test("a program sends the token as Authorization: Bearer", async () => {
  await using guarded = await startGuarded();
  const { stage } = guarded;
  assert.equal(await statusOf(stage, "/api/now", { authorization: `Bearer ${TOKEN}` }), 200);
  assert.equal(await statusOf(stage, "/api/now", { authorization: "Bearer wrong" }), 401);
});

Deno.test("another token in the configuration ends the sessions of the one before", async () => {
  await using guarded = await startGuarded();
  const { stage } = guarded;
  const right = await login(stage, TOKEN);
  const [cookie = ""] = (right.headers.get("set-cookie") ?? "").split(";");
  await stage.configure(`
listen: "127.0.0.1:0"
backends: [{ name: b, url: "http://127.0.0.1:9" }]
models: { m: [{ backend: b, model: x }] }
admin: { listen: "127.0.0.1:0", token: another-token }
`);
  assert.equal(await statusOf(stage, "/api/now", { cookie }), 401);
});
