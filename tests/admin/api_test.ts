import assert from "node:assert/strict";
import { join } from "node:path";
import { ROUTES } from "../../lib/admin/routes.ts";
import { callRaw, connectTo, lineValue, textOf } from "../caller.ts";
import { reply, startPeer, startReplier } from "../peer.ts";
import { memoryHistory, rowOf } from "./memory_history.ts";
import { call, sceneryConfig } from "./scenery.ts";
import { logsOf, type Stage, startStage } from "./stage.ts";

const KEY = "sk-live-0123456789abcdefghij";
const CALLERS_KEY = "sk-caller-abcdefghijklmn";

/** A stage with a backend whose quota is used up, and one that answers. */
async function startTwo(options = {}) {
  const broke = await startReplier(reply(429, `{"error":"${KEY}"}`, { "retry-after": "600" }));
  const good = await startReplier(reply(200, `{"choices":[{"message":{"content":"hi"}}]}`));
  const stage = await startStage(sceneryConfig([good, broke, good]), options);
  return {
    stage,
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await broke[Symbol.asyncDispose]();
      await good[Symbol.asyncDispose]();
    },
  };
}

async function get({ admin }: Stage, path: string) {
  const response = await fetch(admin.url + path);
  return { status: response.status, body: await response.json() };
}

async function post({ admin }: Stage, path: string, body: unknown) {
  const headers = { "content-type": "application/json", "x-llm-proxy": "1" };
  const response = await fetch(admin.url + path, {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

Deno.test("GET /api/now tells of backends, routes, cooldowns and the last minutes", async () => {
  await using two = await startTwo();
  const { stage } = two;
  await call(stage, "claude-opus", { stream: false });
  const { body: now } = await get(stage, "/api/now");
  assert.equal(now.revision, 1);
  assert.deepEqual([now.inFlight, now.figures.count, now.figures.failed], [0, 1, 0]);
  const [alias] = now.aliases;
  assert.deepEqual(
    alias.routes.map(({ backend, condition }: Record<string, string>) => [backend, condition]),
    [["provider-a", "cooling"], ["provider-b", "ready"], ["in-house", "ready"]],
  );
  assert.match(alias.routes[0].reason, /429/);
  assert.ok(Math.abs(alias.routes[0].remainingMs - 600_000) < 5_000);
  assert.equal(now.backends[1].figures.successRate, 1);
  assert.equal(now.backends[0].figures.successRate, 0);
  assert.equal(typeof now.backends[1].figures.p50Ms, "number");
  assert.equal(now.cooldowns.length, 1);
  assert.ok(now.offers.includes("/api/cooldowns/clear"));
});

Deno.test("POST /api/cooldowns/clear ends one cooldown, by its id", async () => {
  await using two = await startTwo();
  const { stage } = two;
  await call(stage, "claude-opus");
  const { body: { cooldowns: [cooldown] } } = await get(stage, "/api/now");
  const cleared = await post(stage, "/api/cooldowns/clear", { id: cooldown.id });
  assert.deepEqual(cleared, { status: 200, body: { cleared: 1 } });
  assert.deepEqual((await get(stage, "/api/now")).body.cooldowns, []);
  assert.equal((await post(stage, "/api/cooldowns/clear", { id: cooldown.id })).status, 404);
  assert.ok(stage.lines.some((line) => line.includes("cleared on the admin port")));
});

Deno.test("POST /api/cooldowns/clear ends all, or those of one backend", async () => {
  await using two = await startTwo();
  const { stage } = two;
  await call(stage, "claude-opus");
  const other = await post(stage, "/api/cooldowns/clear", { backend: "in-house" });
  assert.deepEqual(other.body, { cleared: 0 });
  assert.deepEqual((await post(stage, "/api/cooldowns/clear", { all: true })).body, { cleared: 1 });
  for (const unclear of [[], "null", "7", { all: "yes" }]) {
    assert.equal((await post(stage, "/api/cooldowns/clear", unclear)).status, 400);
  }
  assert.equal((await post(stage, "/api/cooldowns/clear", "{")).status, 400);
});

Deno.test("POST /api/routes/off keeps requests away until /api/routes/on", async () => {
  await using two = await startTwo();
  const { stage } = two;
  const route = { backend: "provider-b", model: "claude-x" };
  assert.deepEqual((await post(stage, "/api/routes/off", route)).body, { changed: true });
  assert.deepEqual((await post(stage, "/api/routes/off", route)).body, { changed: false });
  await call(stage, "claude-opus");
  const { body: { rows: [row] } } = await get(stage, "/api/requests");
  assert.equal(row.backend, "in-house");
  const { body: now } = await get(stage, "/api/now");
  assert.equal(now.aliases[0].routes[1].condition, "out_of_use");
  assert.deepEqual((await post(stage, "/api/routes/on", route)).body, { changed: true });
  await call(stage, "claude-opus");
  assert.equal((await get(stage, "/api/requests")).body.rows[0].backend, "provider-b");
  const unknown = await post(stage, "/api/routes/off", { backend: "provider-b", model: "other" });
  assert.equal(unknown.status, 404);
});

Deno.test("a caller is told in words of routes that are out of use", async () => {
  await using two = await startTwo();
  const { stage } = two;
  await post(stage, "/api/routes/off", { backend: "in-house", model: "llama-8b" });
  await post(stage, "/api/routes/off", { backend: "provider-b", model: "gpt-x-mini" });
  for (const model of ["claude-opus-4", "claude-x", "llama-70b"]) {
    const backends = { "claude-opus-4": "provider-a", "claude-x": "provider-b" };
    const backend = Reflect.get(backends, model) ?? "in-house";
    await post(stage, "/api/routes/off", { backend, model });
  }
  const response = await callRaw(stage.url, { body: `{"model":"gpt-fast"}` });
  assert.equal(response.status, 503);
  assert.match(textOf(response), /put out of use on the dashboard/);
  assert.equal(lineValue(response, "retry-after"), "30");
});

Deno.test("GET /api/requests filters, and gives page after page", async () => {
  const rows = Array.from({ length: 130 }, (_, index) =>
    rowOf({
      id: index.toString(16).padStart(8, "0"),
      receivedAtMs: Date.UTC(2025, 0, 1) + Math.floor(index / 3),
      alias: index % 2 === 0 ? "even" : "odd",
      status: index % 10 === 0 ? 502 : 200,
    }));
  const history = memoryHistory(rows.map((request) => ({ request, attempts: [] })));
  await using two = await startTwo({ history });
  const { stage } = two;
  const seen: string[] = [];
  let page = "";
  for (;;) {
    const { body } = await get(stage, `/api/requests?alias=even${page}`);
    seen.push(...body.rows.map(({ id }: { id: string }) => id));
    if (!body.hasMore) break;
    const last = body.rows.at(-1);
    page = `&before=${last.receivedAtMs}&before_id=${last.id}`;
  }
  const even = rows.filter(({ alias }) => alias === "even").map(({ id }) => id).reverse();
  assert.deepEqual(seen, even);
  const failed = await get(stage, "/api/requests?status=failed&limit=200");
  assert.equal(failed.body.rows.length, 13);
  const text = await get(stage, "/api/requests?text=0000004F");
  assert.deepEqual(text.body.rows.map(({ id }: { id: string }) => id), ["0000004f"]);
});

Deno.test("GET /api/requests lists what is in flight, and what the history has not yet", async () => {
  const release = Promise.withResolvers<void>();
  await using slow = await startPeer(async ({ write }) => {
    await release.promise;
    await write(reply(200, `{"ok":1}`));
  });
  await using stage = await startStage(sceneryConfig([slow, slow, slow]), {
    history: memoryHistory([]),
  });
  const calling = call(stage, "claude-opus");
  await slow.seen(0);
  const { body: { rows: [open] } } = await get(stage, "/api/requests");
  assert.deepEqual([open.ending, open.alias, open.endMs], ["open", "claude-opus", null]);
  assert.equal((await get(stage, `/api/requests/${open.id}`)).body.noLog, "open");
  release.resolve();
  await calling;
  const { body: { rows: [ended] } } = await get(stage, "/api/requests");
  assert.deepEqual([ended.id, ended.ending], [open.id, "complete"]);
});

Deno.test("GET /api/requests/ID has the attempts and the log in parts, credentials masked", async () => {
  await using two = await startTwo();
  const { stage } = two;
  await call(stage, "claude-opus", { stream: false });
  await stage.state.journal.flush();
  const { body: { rows: [row] } } = await get(stage, "/api/requests");
  const { body: view } = await get(stage, `/api/requests/${row.id}`);
  assert.deepEqual(
    view.attempts.map(({ backend, status, action }: Record<string, unknown>) => {
      return [backend, status, action];
    }),
    [["provider-a", 429, "fallback"], ["provider-b", 200, "relay"]],
  );
  assert.equal(view.log.request.method, "POST");
  assert.match(view.log.request.body.text, /Tell me of a river/);
  const text = JSON.stringify(view);
  assert.ok(text.includes("sk-ca****klmn"));
  assert.ok(!text.includes(KEY) && !text.includes(CALLERS_KEY));
});

Deno.test("no answer holds a credential, of ours or of the caller's, whatever it came in", async () => {
  await using two = await startTwo();
  const { stage } = two;
  await fetch(`${stage.url}/v1/${KEY}/${CALLERS_KEY}?key=${CALLERS_KEY}`, {
    method: "POST",
    headers: { "authorization": `Bearer ${CALLERS_KEY}` },
    body: JSON.stringify({ model: `claude-${CALLERS_KEY}` }),
  }).then((response) => response.text());
  await call(stage, "claude-opus", { prompt: `My keys: ${KEY}, ${CALLERS_KEY}` });
  await stage.state.journal.flush();
  const { body: { rows } } = await get(stage, "/api/requests");
  const paths = ["/api/now", "/api/requests", "/api/config", "/api/usage", "/api/usage.csv"];
  paths.push(...rows.map(({ id }: { id: string }) => `/api/requests/${id}`));
  assert.equal(paths.length, 7);
  for (const path of paths) {
    const text = await (await fetch(stage.admin.url + path)).text();
    assert.ok(!text.includes(KEY), `${path} shows the backend's key`);
    assert.ok(!text.includes(CALLERS_KEY), `${path} shows the caller's key`);
  }
});

Deno.test("GET /api/requests/ID makes no path of an id", async () => {
  await using two = await startTwo();
  const { stage } = two;
  await Deno.writeTextFile(join(stage.directory, "secret.log"), "llm-proxy request 0\n");
  const names = [
    "..%2F..%2Fconfig.yaml",
    "..%2fsecret.log",
    "%2e%2e%2fsecret",
    "secret.log",
    "%00",
    "%zz",
    "__proto__",
    "%2Fetc%2Fpasswd",
  ];
  for (const name of names) {
    const raw = await callRaw(stage.admin.url, { method: "GET", target: `/api/requests/${name}` });
    assert.equal(raw.status, 404, name);
  }
  for (const target of ["/../config.yaml", "/dist/app.js", "//etc/passwd", "/app.js/..", "/."]) {
    const raw = await callRaw(stage.admin.url, { method: "GET", target });
    assert.equal(raw.status, 404, target);
  }
});

Deno.test("GET /api/requests/ID opens no log outside the log directories, nor a link", async () => {
  const rows = ["../secret.log", "/etc/passwd", "link.log"].map((logFile, index) =>
    rowOf({ id: `0000000${index}`, logFile })
  );
  const history = memoryHistory(rows.map((request) => ({ request, attempts: [] })));
  await using two = await startTwo({ history });
  const { stage } = two;
  await Deno.mkdir(logsOf(stage), { recursive: true });
  const secret = join(stage.directory, "secret.log");
  await Deno.writeTextFile(secret, "llm-proxy request 0\n");
  await Deno.symlink(secret, join(logsOf(stage), "link.log"));
  for (const { id } of rows) {
    assert.equal((await get(stage, `/api/requests/${id}`)).body.noLog, "gone", id);
  }
});

Deno.test("GET /api/usage asks the history, and .csv is a table that no sheet takes for formulas", async () => {
  const at = Date.UTC(2026, 0, 1, 12);
  const history = memoryHistory([
    {
      request: rowOf({ id: "00000001", receivedAtMs: at, alias: '=HYPERLINK("x")' }),
      attempts: [],
    },
  ]);
  await using two = await startTwo({ history });
  const { stage } = two;
  const span = `from=${at - 1}&to=${at + 1}&bucket=3600000`;
  const { body } = await get(stage, `/api/usage?by=alias&${span}`);
  assert.deepEqual([body.rows.length, body.rows[0].inputTokens], [1, 1_200]);
  const csv = await (await fetch(`${stage.admin.url}/api/usage.csv?${span}`)).text();
  assert.equal(
    csv,
    '"time","alias","requests","failed","input_tokens","output_tokens","cached_tokens",' +
      '"reasoning_tokens"\r\n' +
      `"2026-01-01T12:00:00.000Z","'=HYPERLINK(""x"")","1","0","1200","340","0","0"\r\n`,
  );
});

Deno.test("GET /api/config shows what is in force, masked, and the last reload's errors", async () => {
  await using two = await startTwo();
  const { stage } = two;
  const problem = { file: "c.yaml", line: 3, column: 5, path: "models", message: "is wrong" };
  stage.fail([problem]);
  const { body } = await get(stage, "/api/config");
  assert.deepEqual(body.reload.problems, [problem]);
  assert.deepEqual(body.inForce.backends[0].api_key, ["sk-li****ghij"]);
  assert.deepEqual(body.inForce.detection.error_codes, ["402", "408", "429", "500-599"]);
  assert.equal(body.inForce.fallback.cooldown_seconds, 20);
});

Deno.test("GET /api/events tells of requests as they happen, and how things stand", async () => {
  await using two = await startTwo();
  const { stage } = two;
  await using caller = await connectTo(stage.admin.url);
  await caller.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await caller.until('event: now\ndata: {"version"');
  await call(stage, "gpt-fast");
  await caller.until("event: requests");
  await caller.until('"alias":"gpt-fast"');
});

Deno.test("GET /api/events takes 50 connections, and more when one has gone", async () => {
  await using two = await startTwo();
  const { stage } = two;
  const leaving = Array.from({ length: 50 }, () => new AbortController());
  const open = (signal?: AbortSignal) =>
    fetch(`${stage.admin.url}/api/events`, signal === undefined ? {} : { signal });
  const streams = await Promise.all(leaving.map(({ signal }) => open(signal)));
  const refused = await open();
  assert.equal(refused.status, 503);
  await refused.body?.cancel();
  for (const { body } of streams) await body?.cancel();
  let again = await open();
  while (again.status === 503) {
    await again.body?.cancel();
    again = await open();
  }
  assert.equal(again.status, 200);
  await again.body?.cancel();
});

Deno.test("GET /health is 200, and 503 while the proxy drains", async () => {
  await using two = await startTwo();
  const { admin } = two.stage;
  const before = await fetch(`${admin.url}/health`);
  assert.deepEqual([before.status, await before.text()], [200, "ok"]);
  admin.draining();
  const after = await fetch(`${admin.url}/health`);
  assert.deepEqual([after.status, await after.text()], [503, "draining"]);
});

const SAFETY = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
};

Deno.test("every answer of every route, and every refusal, carries the safety headers", async () => {
  await using two = await startTwo();
  const { url } = two.stage.admin;
  const requests = [
    ...ROUTES.map(({ method, path }) => ({ method, target: path, lines: [] as string[] })),
    ...ROUTES.map(({ path }) => ({ method: "OPTIONS", target: path, lines: [] as string[] })),
    { method: "GET", target: "/nowhere", lines: [] },
    { method: "GET", target: "/api/now", lines: ["Origin: http://evil.example"] },
    { method: "POST", target: "/api/cooldowns/clear", lines: ["Content-Type: text/plain"] },
  ];
  for (const request of requests) {
    await using caller = await connectTo(url);
    const lines = ["Host: localhost", ...request.lines, "Content-Length: 0", "", ""];
    await caller.send([`${request.method} ${request.target} HTTP/1.1`, ...lines].join("\r\n"));
    const what = `${request.method} ${request.target}`;
    if (request.target === "/api/events" && request.method === "GET") {
      await caller.until(SAFETY["content-security-policy"]);
      continue;
    }
    const answer = await caller.reply(request.method);
    for (const [name, value] of Object.entries(SAFETY)) {
      assert.equal(lineValue(answer, name), value, `${what}: ${name}`);
    }
    assert.equal(lineValue(answer, "access-control-allow-origin"), undefined, what);
  }
});

Deno.test("a form of another page changes nothing", async () => {
  await using two = await startTwo();
  const { stage } = two;
  await call(stage, "claude-opus");
  for (const { path } of ROUTES.filter(({ method }) => method === "POST")) {
    for (const type of ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"]) {
      const lines = [`Content-Type: ${type}`, "Origin: http://127.0.0.1"];
      const refused = await callRaw(stage.admin.url, { target: path, lines, body: `{"all":true}` });
      assert.equal(refused.status, 403, `${path} ${type}`);
    }
  }
  assert.equal((await get(stage, "/api/now")).body.cooldowns.length, 1);
});

Deno.test("a page after DNS rebinding is turned away from every route", async () => {
  await using two = await startTwo();
  for (const { method, path } of ROUTES) {
    await using caller = await connectTo(two.stage.admin.url);
    await caller.send(`${method} ${path} HTTP/1.1\r\nHost: evil.example\r\n\r\n`);
    const answer = await caller.reply(method);
    assert.equal(answer.status, 403, path);
    assert.match(textOf(answer), /foreign_host/);
  }
});
