import assert from "node:assert/strict";
import { incomingOf } from "../../lib/admin/serve.ts";
import type { Route } from "../../lib/config/snapshot.ts";
import { anthropic } from "../../lib/dialect/anthropic.ts";
import type { CredentialPlace } from "../../lib/wire/credentials.ts";
import { outgoing } from "../../lib/wire/outgoing.ts";
import { inOnePiece } from "../../lib/wire/splice.ts";
import { receive, type Received } from "../../lib/wire/receive.ts";
import { backendOf, routeOf } from "../routing.ts";

const OWN = routeOf(backendOf("own", { origin: "https://h", basePath: "/v1" }), { model: "real" });
const KEYED = routeOf(backendOf("keyed", { origin: "https://h", keys: ["k"] }), { model: "real" });

async function received(target: string, body: string): Promise<Received> {
  const headers = { authorization: "Bearer theirs", "anthropic-beta": "b", connection: "close" };
  const request = new Request(`http://proxy${target}`, { method: "POST", body, headers });
  const result = await receive(incomingOf(request, "127.0.0.1:9"), { maxBodyBytes: 1_000_000 });
  return result.kind === "received" ? result : assert.fail(result.kind);
}

interface Given {
  readonly body?: string;
  readonly route?: Route;
  readonly key?: string;
  readonly keyPlace?: CredentialPlace;
}

async function sent(target: string, given: Given = {}) {
  const { body = `{"model":"m"}`, route = OWN, key, keyPlace } = given;
  const call = await received(target, body);
  return outgoing(call, { route, places: call.models, dialect: anthropic, key, keyPlace });
}

Deno.test("outgoing() goes to the backend's origin, under its base path, with the query", async () => {
  const { method, origin, target } = await sent("/v1/messages?beta=true");
  assert.deepEqual([method, origin, target], ["POST", "https://h", "/v1/messages?beta=true"]);
});

Deno.test("outgoing() changes the model and no other byte", async () => {
  const body = `{ "a" : 1.0, "model": "m", "b": "\\u00e9 model", "model" :"m"}\r\n`;
  const { body: changed } = await sent("/v1/messages", { body });
  const expected = `{ "a" : 1.0, "model": "real", "b": "\\u00e9 model", "model" :"real"}\r\n`;
  assert.equal(new TextDecoder().decode(inOnePiece(changed)), expected);
});

Deno.test("outgoing() copies a long body as far as its last model, and leaves the tail where it stands", async () => {
  const tail = `,"b":"${"\\u00e9 model".repeat(20_000)}"}`;
  const body = `{"model":"m", "a" : 1.0, "model" :"m"${tail}`;
  const call = await received("/v1/messages", body);
  const options = { places: call.models, dialect: anthropic, key: undefined, keyPlace: undefined };
  const { body: changed } = await outgoing(call, { ...options, route: OWN });
  assert.ok("tail" in changed);
  assert.equal(changed.tail.buffer, call.body.buffer);
  const expected = `{"model":"real", "a" : 1.0, "model" :"real"${tail}`;
  assert.equal(new TextDecoder().decode(inOnePiece(changed)), expected);
  assert.equal(changed.length, expected.length);
});

Deno.test("outgoing() copies a long body whole whose model stands at its end", async () => {
  const body = `{"b":"${"x".repeat(100_000)}","model":"m"}`;
  const { body: changed } = await sent("/v1/messages", { body });
  assert.ok(changed instanceof Uint8Array);
  assert.equal(new TextDecoder().decode(changed), body.replace('"m"', '"real"'));
});

Deno.test("outgoing() passes the caller's own credential and headers on", async () => {
  const { headers } = await sent("/v1/messages?key=theirs");
  assert.deepEqual(headers, [
    ["anthropic-beta", "b"],
    ["authorization", "Bearer theirs"],
    ["content-type", "text/plain;charset=UTF-8"],
  ]);
});

Deno.test("outgoing() keeps the query's key under passthrough and drops it under inject", async () => {
  const target = "/v1/messages?key=theirs&a=1";
  assert.equal((await sent(target)).target, target);
  assert.equal((await sent(target, { route: KEYED, key: "k" })).target, "/v1/messages?a=1");
});

Deno.test("outgoing() sends the key instead of the caller's credential", async () => {
  const { headers } = await sent("/v1/messages", { route: KEYED, key: "k" });
  assert.deepEqual(headers.filter(([, value]) => /theirs|k$/.test(value)), [
    ["authorization", "Bearer k"],
  ]);
});

const GEMINI_PATH = "/v1beta/models/m:generateContent";

async function toGemini(model: string, query = ""): Promise<string> {
  const route = routeOf(OWN.backend, { model });
  return (await sent(GEMINI_PATH + query, { body: "{}", route })).target;
}

Deno.test("outgoing() changes the model in a path and no other character", async () => {
  assert.equal(
    await toGemini("real", "?alt=sse&m=m"),
    "/v1/v1beta/models/real:generateContent?alt=sse&m=m",
  );
});

Deno.test("outgoing() lets no model break out of its path", async () => {
  assert.equal(await toGemini("a?b#c d%"), "/v1/v1beta/models/a%3Fb%23c%20d%25:generateContent");
  assert.equal(await toGemini("org/real"), "/v1/v1beta/models/org/real:generateContent");
});

Deno.test("outgoing() joins an Azure resource's URL with a deployment's path, with /openai or without", async () => {
  for (const basePath of ["", "/openai"]) {
    const route = routeOf(backendOf("azure", { origin: "https://h", basePath }), { model: "real" });
    const target = "/openai/deployments/m/chat/completions?api-version=1";
    const { target: joined } = await sent(target, { body: "{}", route });
    assert.equal(joined, "/openai/deployments/real/chat/completions?api-version=1");
  }
});
