/** What the history holds of requests that went through a proxy. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { callRaw, connectTo, type RawRequest, requestBytes } from "../caller.ts";
import { chain } from "../chain.ts";
import { chunk, CONTENT, DONE, reply, startPeer, startReplier, STREAM_HEAD } from "../peer.ts";
import { startProxy, type TestProxy } from "../proxy.ts";
import { START_MS, startHistory } from "./history_scene.ts";

const STREAMED: RawRequest = { body: `{"model":"chat","stream":true}` };
const PLAIN: RawRequest = { body: `{"model":"chat"}` };
const USAGE =
  `data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}}\n\n`;

async function rows({ state: { history } }: TestProxy) {
  await history.flush();
  return history.requests({}, { limit: 100 });
}

Deno.test("History has a request that fell back, with its attempts, times and tokens", async () => {
  await using failing = await startReplier(reply(503, "{}"));
  await using working = await startReplier(
    STREAM_HEAD + chunk(CONTENT) + chunk(USAGE) + chunk(DONE) + chunk(""),
  );
  await using proxy = await startProxy(chain({ failing, working }));
  proxy.pass(60);
  await callRaw(proxy.url, { ...STREAMED, target: "/v1/chat/completions?key=secret" });
  const [row, ...others] = await rows(proxy);
  assert.equal(others.length, 0);
  const { id = "", responseBytes, logFile = "", ...rest } = row ?? {};
  assert.deepEqual(rest, {
    receivedAtMs: START_MS + 60_000,
    caller: "",
    alias: "chat",
    backend: "working",
    model: "working-model",
    dialect: "openai",
    method: "POST",
    path: "/v1/chat/completions",
    status: 200,
    ending: "complete",
    detail: "",
    streamed: true,
    attempts: 2,
    fallbacks: 1,
    headMs: 0,
    contentMs: 0,
    endMs: 0,
    requestBytes: 30,
    inputTokens: 9,
    outputTokens: 4,
    cachedTokens: null,
    reasoningTokens: null,
    tokensPerSecond: null,
    revision: 1,
  });
  assert.equal(responseBytes, CONTENT.length + USAGE.length + DONE.length);
  await proxy.state.journal.flush();
  assert.match(await Deno.readTextFile(logFile), new RegExp(`request ${id}`));
  const { attempts = [] } = proxy.state.history.request(id) ?? {};
  assert.deepEqual(
    attempts.map(({ backend, status, action, cooled, cooledMs }) => {
      return [backend, status, action, cooled, cooledMs];
    }),
    [["failing", 503, "fallback", "route", 300_000], ["working", 200, "relay", null, null]],
  );
});

Deno.test("History counts the tokens a second of a stream from its head on", async () => {
  const steps = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  await using slow = await startPeer(async ({ write }) => {
    await steps[0].promise;
    await write(STREAM_HEAD + chunk(CONTENT));
    await steps[1].promise;
    await write(chunk(USAGE) + chunk(DONE) + chunk(""));
  });
  await using proxy = await startProxy(chain({ slow }));
  await using caller = await connectTo(proxy.url);
  await caller.send(requestBytes(STREAMED));
  await slow.seen(0);
  proxy.pass(5);
  steps[0].resolve();
  await caller.until("Hello");
  proxy.pass(2);
  steps[1].resolve();
  await caller.reply();
  const [row] = await rows(proxy);
  const { headMs, contentMs, endMs, tokensPerSecond } = row ?? {};
  assert.deepEqual([headMs, contentMs, endMs, tokensPerSecond], [5000, 5000, 7000, 2]);
});

Deno.test("History has what was refused, was answered by nobody, was cut, and was left", async () => {
  await using first = await startPeer(async ({ index, write, close, gone }) => {
    if (index === 0) return close();
    await write(STREAM_HEAD + chunk(CONTENT));
    if (index === 1) return close();
    await gone;
  });
  await using proxy = await startProxy(chain({ first }));
  await callRaw(proxy.url, { body: `{"model":"chad"}` });
  proxy.pass(1);
  await callRaw(proxy.url, STREAMED);
  proxy.pass(3600);
  await callRaw(proxy.url, STREAMED);
  proxy.pass(3600);
  const ended = Promise.withResolvers<void>();
  proxy.state.journal.watch({ onAttempt() {}, onEnd: () => ended.resolve() });
  await using caller = await connectTo(proxy.url);
  await caller.send(requestBytes(STREAMED));
  await caller.until("Hello");
  caller.leave();
  await ended.promise;
  const told = (await rows(proxy)).reverse().map(({ status, ending, alias, backend, detail }) => {
    return [status, ending, alias, backend, detail.slice(0, 14)].join("|");
  });
  assert.deepEqual(told, [
    "400|complete|||unknown_model:",
    "502|complete|chat|first|all_backends_f",
    "200|cut|chat|first|stream cut: th",
    "200|caller_left|chat|first|the caller wen",
  ]);
  const ids = (status: "ok" | "failed") => proxy.state.history.requests({ status }, { limit: 9 });
  assert.deepEqual([ids("ok").length, ids("failed").length], [0, 4]);
});

/** Credentials in every place from which something comes into a row. */
const SECRETS = {
  configured: "configured-secret-0123456789",
  header: "header-secret-0123456789abc",
  query: "query-secret-0123456789abcd",
  shape: "sk-proj-Abc123Def456Ghi789Jkl012Mno345",
};

Deno.test("History holds no credential, wherever one stood, and no body", async () => {
  const all = Object.values(SECRETS).join(" ");
  const error = JSON.stringify({ error: { type: all, code: all, message: all } });
  await using first = await startReplier(reply(429, error));
  const rest = [
    `detection: { error_patterns: ["secret"] }`,
    "default_backend: first",
  ].join("\n");
  const yaml = chain({ first }, rest).replace("url:", `api_key: "${SECRETS.configured}", url:`);
  // Aliases are called like credentials here, and logs name aliases: only the history is looked at.
  await using proxy = await startProxy(yaml, { ledger: false });
  for (const secret of Object.values(SECRETS)) {
    for (const model of ["chat", secret, `x/${secret}`]) {
      await callRaw(proxy.url, {
        target: `/v1/${secret}/chat/completions?key=${SECRETS.query}`,
        lines: [`Authorization: Bearer ${SECRETS.header}`],
        body: JSON.stringify({ model, prompt: `tell nobody: ${all}` }),
      });
    }
  }
  assert.equal((await rows(proxy)).length, 12);
  const path = join(proxy.directory, "logs/history.db");
  const kept = [path, `${path}-wal`].map((each) => Deno.readFileSync(each));
  const text = kept.map((bytes) => new TextDecoder("latin1").decode(bytes)).join();
  assert.ok(text.includes("first-model"));
  for (const secret of [...Object.values(SECRETS), "tell nobody"]) {
    assert.ok(!text.includes(secret), secret);
  }
});

Deno.test("History that is turned off makes no file and holds nothing", async () => {
  await using first = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ first }, `history: { file: "" }`));
  await callRaw(proxy.url, PLAIN);
  const { history } = proxy.state;
  assert.deepEqual(await rows(proxy), []);
  assert.equal(history.request("00000000"), undefined);
  assert.deepEqual(history.names(), { aliases: [], backends: [], callers: [] });
  assert.equal(history.lost, 0);
  await proxy.state.journal.flush();
  const names = [...Deno.readDirSync(join(proxy.directory, "logs"))].map(({ name }) => name);
  assert.deepEqual(names.filter((name) => name.startsWith("history")), []);
});

Deno.test("a proxy serves on with a history that cannot be kept, and warns once", async () => {
  await using first = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ first }, `history: { file: "." }`));
  for (let count = 0; count < 3; count++) {
    assert.equal((await callRaw(proxy.url, PLAIN)).status, 200);
  }
  assert.deepEqual(await rows(proxy), []);
  const warned = proxy.lines.filter((line) => line.includes(" WARN "));
  assert.equal(warned.length, 1, warned.join("\n"));
  assert.match(warned[0] ?? "", /Cannot keep the history in .*: .*directory.*; it is tried again/);
});

Deno.test("History.configure() takes another age on a reload, but no other file", async () => {
  await using scene = await startHistory();
  const history = scene.openHistory();
  history.configure({ history: { file: `${scene.path}.other`, retainMs: 1 } });
  await history.flush();
  await assert.rejects(Deno.stat(`${scene.path}.other`), Deno.errors.NotFound);
});

Deno.test("a drained proxy leaves its history whole, in one file", async () => {
  await using first = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ first }));
  for (let count = 0; count < 70; count++) await callRaw(proxy.url, PLAIN);
  await proxy.drain(1);
  const path = join(proxy.directory, "logs/history.db");
  await assert.rejects(Deno.stat(`${path}-wal`), Deno.errors.NotFound);
  using db = new DatabaseSync(path);
  assert.equal(db.prepare("SELECT count(*) AS n FROM requests").get()?.n, 70);
  assert.equal(db.prepare("PRAGMA integrity_check").get()?.integrity_check, "ok");
});
