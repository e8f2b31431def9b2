import assert from "node:assert/strict";
import type { CooldownList } from "../../lib/admin/cooldown_list.ts";
import type { DrillAnswer } from "../../lib/admin/drill_call.ts";
import type { Explanation } from "../../lib/admin/explain.ts";
import type { TestProxy } from "../proxy.ts";
import { startProxy } from "../proxy.ts";
import { accountOf, startPair } from "../drills.ts";
import { reply, startReplier } from "../peer.ts";
import { callRaw } from "../caller.ts";
import { startAdminPort } from "./admin_port.ts";

const SECRET = "sk-pool-secret-000000000001";

/** Asks the admin port of a proxy, over HTTP. */
async function startAsking(proxy: TestProxy) {
  const port = await startAdminPort(proxy);
  const call = async (path: string, body?: unknown) => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await fetch(port.url + path, init);
    return { status: response.status, body: await response.json() };
  };
  return {
    drill: async (body: unknown) => (await call("/api/drill", body)).body as DrillAnswer,
    cooldowns: async () => (await call("/api/cooldowns")).body as CooldownList,
    explain: async (model: string) =>
      (await call(`/api/explain?model=${model}`)).body as Explanation,
    call,
    [Symbol.asyncDispose]: () => port[Symbol.asyncDispose](),
  };
}

Deno.test("a drill 429 is seen, fallen back from, ended, and gone without a trace", async () => {
  await using pair = await startPair();
  await using admin = await startAsking(pair.proxy);
  assert.deepEqual(await pair.tried(), ["primary", 200]);
  const before = accountOf(pair.proxy);
  const begun = await admin.drill({ backend: "primary", kind: "429", seconds: 60 });
  const until = "2026-01-01T00:01:00.000Z";
  const drill = { backend: "primary", kind: "429", secondsLeft: 60, until };
  assert.deepEqual(begun, { backend: "primary", drill, ended: false });
  assert.deepEqual(await pair.tried(), ["primary", "secondary", 200]);
  const { cooldowns, drills } = await admin.cooldowns();
  assert.deepEqual(drills, [drill]);
  assert.deepEqual(cooldowns, [{
    name: "primary/primary-model",
    scope: "route",
    key: "",
    rule: "error code",
    length: "60 s, as Retry-After said",
    reason: "status 429, one of error_codes",
    since: "2026-01-01T00:00:00.000Z",
    until,
    secondsLeft: 60,
    doublings: 0,
    isProbing: false,
    isDrill: true,
  }]);
  const { routes: [first] } = await admin.explain("chat");
  assert.deepEqual([first?.isIn, first?.state, first?.drill?.kind], [false, "cooling", "429"]);
  assert.equal((await admin.drill({ backend: "primary", seconds: 0 })).ended, true);
  assert.deepEqual(accountOf(pair.proxy), before);
  assert.deepEqual(await admin.cooldowns(), { cooldowns: [], more: 0, drills: [] });
  assert.deepEqual(await pair.tried(), ["primary", 200]);
  assert.equal((await admin.drill({ backend: "primary", seconds: 0 })).ended, false);
});

const NONSENSE: readonly (readonly [unknown, string])[] = [
  [{ backend: "nobody", kind: "429" }, "no_such_backend"],
  [{ kind: "429" }, "no_such_backend"],
  [{ backend: "primary", kind: "428" }, "invalid_call"],
  [{ backend: "primary" }, "invalid_call"],
  [{ backend: "primary", kind: "429", seconds: 601 }, "invalid_call"],
  [{ backend: "primary", kind: "429", seconds: -1 }, "invalid_call"],
  [{ backend: "primary", kind: "429", seconds: "9" }, "invalid_call"],
  [null, "no_such_backend"],
];

Deno.test("drillCall() begins nothing for what nobody can mean", async () => {
  await using pair = await startPair();
  await using admin = await startAsking(pair.proxy);
  for (const [body, code] of NONSENSE) {
    const answer = await admin.call("/api/drill", body);
    assert.equal(answer.body.error.code, code, JSON.stringify(body));
  }
  assert.deepEqual(pair.proxy.state.drills.all(), []);
});

/** A proxy whose backends have failed: a refused key of a pool, a route, and a whole backend. */
async function startCooling() {
  await using stack = new AsyncDisposableStack();
  const pool = stack.use(
    await startReplier(reply(401, "{}")),
  );
  const busy = stack.use(await startReplier(reply(503, "{}")));
  const proxy = stack.use(
    await startProxy(`
backends:
  - { name: pool, url: "${pool.url}", auth: inject, api_key: ["sk-other", "${SECRET}"] }
  - { name: busy, url: "${busy.url}" }
models:
  pooled: [{ backend: pool, model: m }]
  chat: [{ backend: busy, model: "a/b" }]
fallback: { cooldown_seconds: 100 }
`),
  );
  for (const model of ["pooled", "chat"]) {
    await callRaw(proxy.url, { body: JSON.stringify({ model, messages: [] }) });
    proxy.pass(10);
  }
  const disposal = stack.move();
  return { proxy, [Symbol.asyncDispose]: () => disposal.disposeAsync() };
}

Deno.test("listCooldowns() names backends, routes and keys, and shows no key", async () => {
  await using cooling = await startCooling();
  await using admin = await startAsking(cooling.proxy);
  const { cooldowns } = await admin.cooldowns();
  const told = cooldowns.map(({ name, scope, key, rule, secondsLeft }) => {
    return [name, scope, key, rule, secondsLeft];
  });
  assert.deepEqual(told, [
    ["pool#1", "key", "****", "key refused", 80],
    ["pool", "backend", "", "key refused", 80],
    ["busy/a/b", "route", "", "error code", 90],
  ]);
});

Deno.test("listCooldowns() tells a cooldown that is over, and its probe", async () => {
  await using cooling = await startCooling();
  await using admin = await startAsking(cooling.proxy);
  const { proxy } = cooling;
  proxy.pass(200);
  const route = proxy.current().aliases.get("chat")!.routes[0]!;
  const shown = async () => (await admin.cooldowns()).cooldowns.at(-1);
  const before = await shown();
  assert.deepEqual([before?.secondsLeft, before?.isProbing], [0, false]);
  proxy.state.health.admit(route);
  assert.equal((await shown())?.isProbing, true);
});

Deno.test("clearCooldowns() ends the one named, by any name of the listing", async () => {
  await using cooling = await startCooling();
  await using admin = await startAsking(cooling.proxy);
  for (const key of ["busy/a/b", "pool#1", "pool"]) {
    const answer = await admin.call("/api/cooldowns/clear", { key });
    assert.deepEqual(answer, { status: 200, body: { cleared: [key] } });
  }
  assert.deepEqual((await admin.cooldowns()).cooldowns, []);
});

Deno.test("clearCooldowns() ends all of them without a name", async () => {
  await using cooling = await startCooling();
  await using admin = await startAsking(cooling.proxy);
  const { body } = await admin.call("/api/cooldowns/clear", {});
  assert.deepEqual(body.cleared.toSorted(), ["busy/a/b", "pool", "pool#1"]);
  assert.deepEqual((await admin.call("/api/cooldowns/clear", {})).body, { cleared: [] });
});

Deno.test("clearCooldowns() names those there are for one that is not", async () => {
  await using cooling = await startCooling();
  await using admin = await startAsking(cooling.proxy);
  const { status, body } = await admin.call("/api/cooldowns/clear", { key: "pool#2" });
  assert.equal(status, 404);
  assert.match(
    body.error.message,
    /^Nothing cools by the name "pool#2"; there are: .*"busy\/a\/b"/,
  );
  assert.equal((await admin.cooldowns()).cooldowns.length, 3);
});
